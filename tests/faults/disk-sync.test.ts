import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { App, orderMessage, type Shop } from '../api/server.ts'
import { rounds, seed } from './setup.ts'

/** Whether this machine lets strace follow a process that it starts. */
const canTrace = spawnSync('strace', ['-D', '-o', '/dev/null', 'true']).status === 0

const title = canTrace
  ? 'the log of the database is synced to the disk before each answer of the webhook, and a group shares one sync'
  : 'skipped: strace is not there or not allowed, so that what reaches the disk cannot be watched'

let app: App
let trace: string

beforeAll(async () => {
  if (!canTrace) return
  app = await App.start()
  trace = join(app.folder, 'trace')
})
afterAll(() => app?.close())

/**
 * What the main thread did, in its order: read a webhook's message, wrote to the log, synced it, or answered with
 * success.
 */
function events(): ('message' | 'write' | 'sync' | 'answer')[] {
  return readFileSync(trace, 'utf8')
    .split('\n')
    .flatMap((line) => {
      if (/^pwrite64\(\d+<[^>]*gobox\.db-wal>/.test(line)) return ['write' as const]
      if (/^f(?:data)?sync\(\d+<[^>]*gobox\.db-wal>\) += 0/.test(line)) return ['sync' as const]
      if (/^read\(/.test(line) && line.includes('\\"trans_id\\"')) return ['message' as const]
      return line.includes('{\\"status\\":1}') ? ['answer' as const] : []
    })
}

async function send(shop: Shop, transId: string) {
  const { status } = await app.ask('POST /api/create_order', { token: shop.localToken, body: orderMessage(transId) })
  expect(status).toBe(200)
}

test.runIf(canTrace)(title, async () => {
  const oneByOne = rounds(20, 500)
  const atOnce = rounds(60, 500)
  const shop = await app.openShop()
  await app.end('SIGTERM')
  app.wrap = [
    'strace',
    '-D',
    '-y',
    '-s',
    '4096',
    '-e',
    'trace=read,pwrite64,fsync,fdatasync,write,writev,sendto,sendmsg',
    '-o',
    trace,
  ]
  await app.start()
  for (let index = 0; index < oneByOne; index++) await send(shop, `A${seed}-${index}`)
  const sendAll = (prefix: string) =>
    Promise.all(Array.from({ length: atOnce }, (_, index) => send(shop, `${prefix}${seed}-${index}`)))
  // Node takes new connections one a turn, so they are opened first; then it is held still until all have sent.
  await sendAll('B')
  process.kill(app.pid, 'SIGSTOP')
  const sent = sendAll('C')
  await sleep(1000)
  process.kill(app.pid, 'SIGCONT')
  await sent
  await app.end('SIGTERM')
  let unsynced = false
  let sinceMessage = 0
  let syncs = 0
  const answers: { unsynced: boolean; sinceMessage: number; syncs: number }[] = []
  for (const event of events()) {
    if (event === 'message') sinceMessage = 0
    else if (event === 'answer') answers.push({ unsynced, sinceMessage, syncs })
    else unsynced = event === 'write'
    if (event !== 'sync') continue
    sinceMessage++
    syncs++
  }
  expect(answers.length).toBe(oneByOne + 2 * atOnce)
  expect(answers.filter((answer) => answer.unsynced)).toEqual([])
  const alone = answers.slice(0, oneByOne)
  expect(
    alone.filter((answer) => answer.sinceMessage === 0),
    'each lone message is synced between its arrival and its answer',
  ).toEqual([])
  expect(answers.at(-1)!.syncs - answers.at(-1 - atOnce)!.syncs).toBeLessThan(atOnce / 2)
})
