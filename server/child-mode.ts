import process from 'node:process'

/** What tells a process that it is a child of the server: another one of the same program, with one task. */
export const CHILD_ENVIRONMENT = { GOBOX_CHILD: '1' }

/** Whether this process was started by the server to do a task for it. */
export function isChild(): boolean {
  return process.env.GOBOX_CHILD === CHILD_ENVIRONMENT.GOBOX_CHILD && process.send !== undefined
}
