import { readFileSync, renameSync, writeFileSync } from 'node:fs'

/** What could not be written, so that at least this process remembers it. */
const unwritten = new Map<string, unknown>()

/**
 * The value in a small JSON file of the data folder: about the machine, so that restoring the database does not change
 * it. `undefined` where there is none that can be read.
 */
export function readState<T>(path: string): T | undefined {
  if (unwritten.has(path)) return unwritten.get(path) as T
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as T
  } catch {
    return undefined
  }
}

/** Replaces the value in one step. Where the disk is full it is kept in memory until the next write. */
export function writeState(path: string, value: unknown) {
  try {
    writeFileSync(`${path}.part`, JSON.stringify(value), { mode: 0o600 })
    renameSync(`${path}.part`, path)
    unwritten.delete(path)
  } catch {
    unwritten.set(path, value)
  }
}
