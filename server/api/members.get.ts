import { defineC8List } from '../utils/c8-list.ts'

export default defineC8List('members')
