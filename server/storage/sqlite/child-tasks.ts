import { setPriority } from 'node:os'
import process from 'node:process'
import type { MigrationMeta } from 'drizzle-orm/migrator'
import { WrongSetting } from '../../config.ts'
import { backUp } from './backup.ts'
import type { Message, Task } from './child-process.ts'
import { drillRestore } from './drill.ts'

/** goBox's messages come first. */
const NICE = 10

const say = (message: Message) =>
  new Promise<void>((resolve) => {
    process.send!(message, () => resolve())
  })

function perform(task: Task, migrations: MigrationMeta[]): unknown {
  if (task.name === 'drill') return drillRestore(task.input as Task<'drill'>['input'], migrations)
  const { folder, now } = task.input as Task<'backup'>['input']
  return backUp(folder, now, () => void say({ copied: true }))
}

function describe(error: unknown): Message {
  if (error instanceof WrongSetting) return { refusal: error.message }
  const { message, code } = error as NodeJS.ErrnoException
  return { failure: message, code }
}

/** Does the one task that this process was started for, and ends it; its parent's end ends it, too. */
export function serveTask(migrations: MigrationMeta[]) {
  process.title = 'gobox backup'
  process.umask(0o077)
  setPriority(NICE)
  process.once('disconnect', () => process.exit(1))
  process.once('message', (task: Task) => {
    void (async () => {
      try {
        await say({ result: await perform(task, migrations) })
      } catch (error) {
        await say(describe(error))
      }
      process.exit(0)
    })()
  })
}
