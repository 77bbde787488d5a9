import { existsSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { findFreePort } from '../../../sandbox/free-port.ts'

const RANGE = '/proc/sys/net/ipv4/ip_local_port_range'

it.skipIf(!existsSync(RANGE))('finds no port that the system would give to another process meanwhile', async () => {
  const [first] = readFileSync(RANGE, 'utf8').split(/\s+/).map(Number)
  const ports = await Promise.all(Array.from({ length: 50 }, findFreePort))
  expect(Math.max(...ports)).toBeLessThan(first!)
})

it('begins elsewhere each time, so that two processes do not choose the same one', async () => {
  const ports = await Promise.all(Array.from({ length: 20 }, findFreePort))
  expect(new Set(ports).size).toBeGreaterThan(15)
})
