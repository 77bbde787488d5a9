import { defineC8List } from '../utils/c8-list'

export default defineC8List('banks')
