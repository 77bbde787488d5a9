import process from 'node:process'

/** Marks a process as a child of the server: the same program, started for one task. */
export const CHILD_ENVIRONMENT = { GOBOX_CHILD: '1' }

/** Whether this process was started by the server to do a task for it. */
export function isChild(): boolean {
  return process.env.GOBOX_CHILD === CHILD_ENVIRONMENT.GOBOX_CHILD && process.send !== undefined
}
