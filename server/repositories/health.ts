import { useStorage } from '../db/client'

/** Writes and undoes nothing: an empty transaction that takes the write lock. Throws what SQLite throws when it cannot write. */
export async function probeStorage(): Promise<void> {
  const { sqlite, write } = useStorage()
  await write(() => sqlite.pragma(`user_version = ${sqlite.pragma('user_version', { simple: true })}`))
}
