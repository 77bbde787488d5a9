import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { dutyMarks } from '#drizzle/schema/cluster'
import { tickHeartbeat } from '#server/services/heartbeat'
import type { Storage } from '#server/storage/engine'
import { openTestStorage } from '../with-storage.ts'

const MINUTE = 60_000
const begin = Date.parse('2026-11-10T10:00:00Z')
const asked: string[] = []
let storage: Storage
let listener: Server
let url: string
let status = 200
let freeSpace = 2 ** 40

beforeAll(async () => {
  storage = await openTestStorage()
  storage.freeSpace = async () => freeSpace
  listener = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`)
    response.writeHead(status, { location: '/elsewhere' }).end()
  })
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(listener.address() as AddressInfo).port}/ping/1`
})
beforeEach(async () => {
  asked.length = 0
  status = 200
  freeSpace = 2 ** 40
  await storage.write((tx) => tx.delete(dutyMarks))
})
afterAll(() => listener.close())

it('is one GET every five minutes, of however many nodes', async () => {
  for (let minute = 0; minute < 15; minute++)
    await Promise.all([0, 20_000, 40_000].map((late) => tickHeartbeat(url, begin + minute * MINUTE + late)))
  expect(asked).toEqual(['GET /ping/1', 'GET /ping/1', 'GET /ping/1'])
})

it('stays out while the app is not healthy, and comes back with its health', async () => {
  freeSpace = 2 ** 10
  await expect(tickHeartbeat(url, begin)).rejects.toThrow()
  expect(asked).toEqual([])
  freeSpace = 2 ** 40
  await tickHeartbeat(url, begin + MINUTE)
  expect(asked).toHaveLength(1)
})

it('goes on after a clock was set back, and follows no redirect', async () => {
  await tickHeartbeat(url, begin)
  status = 302
  await expect(tickHeartbeat(url, begin - 60 * MINUTE)).rejects.toThrow('302')
  expect(asked).toEqual(['GET /ping/1', 'GET /ping/1'])
})
