import { defineC8List } from '../http/define-c8-list.ts'

export default defineC8List('members')
