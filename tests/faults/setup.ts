import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, vi } from 'vitest'
import type { RetailDocument } from '../../sandbox/state.ts'
import type { App, Fields, Shop } from '../api/server.ts'

const isLong = process.env.TEST_FAULTS === 'long'

/** How often to try: few times beside the other tests, many in `npm run test:faults`. */
export function rounds(short: number, long: number): number {
  return isLong ? long : short
}

// Each of these starts servers again and again; a slow machine gets its time.
vi.setConfig({ testTimeout: rounds(180_000, 1_800_000), hookTimeout: 60_000 })

/** The seed of what is random; a long run prints its own, and TEST_SEED repeats it. */
export const seed = Number(process.env.TEST_SEED ?? 20261124)

/** Asks until the answer is neither false nor an error. Fails with the last one. */
export async function eventually<T>(ask: () => T | Promise<T>, within = 60_000): Promise<Exclude<T, false>> {
  for (const deadline = performance.now() + within; ; await sleep(30)) {
    try {
      const answer = await ask()
      if (answer !== false) return answer as Exclude<T, false>
      if (performance.now() > deadline) throw new Error(`it did not happen within ${within / 1000} s: ${ask}`)
    } catch (error) {
      if (performance.now() > deadline) throw error
    }
  }
}

/** Sends to the webhook until the process is gone; `false` if it went before it answered. */
export async function tryToSend(app: App, shop: Shop, message: Fields): Promise<boolean> {
  try {
    const { status } = await app.ask('POST /api/create_order', { token: shop.localToken, body: message })
    return status === 200
  } catch (error) {
    // What fetch throws when the connection breaks.
    if (error instanceof TypeError) return false
    throw error
  }
}

export async function queue(app: App, shop: Shop, ids: number[]): Promise<number> {
  const { status, body } = await app.ask('POST /api/imports', { token: shop.token, body: { ids } })
  expect(status, String(body.errmsg)).toBe(200)
  return body.id as number
}

/** Lets the time of every backoff pass at once. */
export function passBackoff(app: App) {
  app.change('UPDATE orders SET import_due_at = 1 WHERE import_due_at > 1 AND import_lease IS NULL')
}

export interface OrderRow extends Fields {
  id: number
  trans_id: string
  status: number
  total_amount: number
  import_state: string
  import_attempts: number
  import_error: string | null
  import_due_at: number | null
  retail_id: string | null
}

export function orderRows(app: App, shop: Shop): OrderRow[] {
  return app.rows<OrderRow>('SELECT * FROM orders WHERE set_of_book_id = ? ORDER BY id', shop.id)
}

/** Waits, without the pauses of the backoff, until nothing of the account set is queued or under way. */
export function untilIdle(app: App, shop: Shop, within?: number) {
  return eventually(() => {
    const waiting = orderRows(app, shop).filter((row) => row.import_due_at !== null || row.import_lease !== null)
    if (waiting.length > 0) passBackoff(app)
    return waiting.length === 0
  }, within)
}

/** Holds that C8 has exactly one document for each of these orders, finished, and that each order knows it. */
export async function expectOneDocumentEach(app: App, shop: Shop, transIds: string[]) {
  const documents = Map.groupBy(await app.sandbox.control.documents(), (document) => document.source_id)
  const rows = new Map(orderRows(app, shop).map((row) => [row.trans_id, row]))
  for (const transId of transIds) {
    const row = rows.get(transId)!
    const made = documents.get(transId) ?? []
    expect(
      made.map(({ id, status }) => ({ id, status })),
      `C8's documents of ${transId}, which is ${row.import_state}: ${row.import_error}`,
    ).toEqual([{ id: Number(row.retail_id), status: 6 }])
    expect({ state: row.import_state, fen: fenOf(made[0]!) }).toEqual({ state: 'imported', fen: row.total_amount })
  }
}

/**
 * Lets C8 carry out the create of this order now, which it has been at since before; whoever asked for it has given up
 * or is dead.
 */
export async function createAtLast(app: App, transId: string) {
  const call = (await app.sandbox.control.calls('c8.retail_create')).find(
    ({ body }) => (body as Fields).source_id === transId,
  )!
  const { status } = await fetch(`${app.sandbox.c8Url}/api/retails`, {
    method: 'POST',
    headers: { token: call.token! },
    body: JSON.stringify(call.body),
  })
  expect(status).toBe(200)
}

/** How often C8 has been asked for the document of this order. */
export async function lookUps(app: App, transId: string): Promise<number> {
  const calls = await app.sandbox.control.calls('c8.retail_lookup')
  return calls.filter(({ path }) => path.endsWith(`source_id=${transId}`)).length
}

export function fenOf({ total_amount }: RetailDocument): number {
  return Math.round(total_amount * 100)
}

export function expectIntact(app: App) {
  expect(app.rows('PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }])
  expect(app.rows('PRAGMA foreign_key_check')).toEqual([])
}

/** Runs one of the owner's scripts on a data folder, as `npm run` does. */
export async function runScript(script: string, folder: string, args: string[] = [], env: NodeJS.ProcessEnv = {}) {
  const path = fileURLToPath(new URL(`../../scripts/${script}.ts`, import.meta.url))
  const child = spawn(process.execPath, [path, ...args], { env: { ...process.env, NUXT_DATA_DIR: folder, ...env } })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk))
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, output }
}

/** Makes a backup as `npm run backup` does, and returns its file. */
export async function backUp(app: App): Promise<string> {
  const { code, output } = await runScript('backup', app.folder)
  expect({ code, output }).toMatchObject({ code: 0 })
  return /已备份并检查：(.+)/.exec(output)![1]!
}

/** A small file system in the place of a folder, for those processes only that are started with `wrap`. */
export interface SmallDisk {
  wrap: string[]
  /** The folder, as others can reach it. */
  path: string
  /** Takes all but so many bytes. */
  fill: (left?: number) => void
  empty: () => void
  unmount: () => void
}

/** Mounts a small file system; `undefined` where that is not allowed (it takes root). */
export async function mountSmallDisk(folder: string, megabytes: number): Promise<SmallDisk | undefined> {
  const script = `mount -t tmpfs -o size=${megabytes}m tmpfs "$0" && echo mounted && exec sleep infinity`
  const holder = spawn('unshare', ['-m', 'sh', '-c', script, folder], { stdio: ['ignore', 'pipe', 'ignore'] })
  holder.once('error', () => {})
  const [isMounted] = (await Promise.race([
    once(holder.stdout, 'data'),
    once(holder, 'exit').then(() => [undefined]),
  ])) as [Buffer | undefined]
  if (!isMounted) return undefined
  const path = `/proc/${holder.pid}/root${folder}`
  const filler = join(path, '.filler')
  return {
    wrap: ['nsenter', '-t', String(holder.pid), '-m', '--'],
    path,
    fill: (left = 0) => {
      spawnSync('sh', ['-c', `cat /dev/zero > "$0" 2>/dev/null`, filler])
      if (left > 0) spawnSync('truncate', ['-s', `-${left}`, filler])
    },
    empty: () => rmSync(filler, { force: true }),
    unmount: () => void holder.kill('SIGKILL'),
  }
}
