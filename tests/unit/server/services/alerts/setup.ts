import { setDefaultCACertificates } from 'node:tls'
import { afterAll, beforeAll, beforeEach } from 'vitest'
import { alertChannels, alertDeliveries, attentionItems } from '#drizzle/schema/alerts'
import { orders } from '#drizzle/schema/orders'
import type { ChannelInput } from '#shared/alerts'
import { createChannel, type ChannelFields, type ChannelRecord } from '#server/repositories/alert-channels'
import { ensureSetOfBook } from '#server/repositories/set-of-books'
import { sendWaiting } from '#server/services/alerts/send'
import { judgeAll } from '#server/services/attention/watch-attention'
import type { Storage } from '#server/storage/engine'
import { startMailServer, type MailServer } from '../../../../../sandbox/mail.ts'
import { startRobots, type Robots } from '../../../../../sandbox/robots.ts'
import { openTestStorage } from '../../with-storage.ts'

export const ZONE = 'Asia/Shanghai'
export const MINUTE = 60_000
export const HOUR = 60 * MINUTE

/** A moment of the shop's clock. */
export const at = (text: string) => Date.parse(`${text.replace(' ', 'T')}+08:00`)

export interface AlertWorld {
  storage: Storage
  robots: Robots
  mail: MailServer
  setOfBookId: number
  now: number
  freeSpace: number
  /** Lets time go on to a moment and everything happen that is due then. */
  tick: (now: number) => Promise<void>
  /** Lets time go on, minute by minute. */
  pass: (minutes: number) => Promise<void>
  addChannel: (fields: Partial<ChannelFields> & { type: ChannelInput['type'] }) => Promise<ChannelRecord>
}

const by = { setOfBookId: null, user: 'tester', address: '' }

function addressOf({ robots }: AlertWorld, type: ChannelInput['type']) {
  return type === 'email' ? 'mailto:owner@example.com' : robots.addresses[type]
}

function secretOf({ robots }: AlertWorld, type: ChannelInput['type']) {
  return type === 'email' || type === 'wecom' ? null : robots.secrets[type]
}

/** An account set, stand-ins for everything that is told, and a clock that the test sets. */
export function useAlertWorld(begin: number, { timeout = 1000 } = {}): AlertWorld {
  const world = { now: begin, freeSpace: 2 ** 40 } as AlertWorld
  world.tick = async (now) => {
    world.now = now
    await judgeAll(now)
    await sendWaiting(() => world.now)
  }
  world.pass = async (minutes) => {
    for (let minute = 0; minute < minutes; minute++) await world.tick(world.now + MINUTE)
  }
  world.addChannel = ({ type, ...fields }) =>
    createChannel(
      {
        type,
        name: type,
        url: addressOf(world, type),
        secret: secretOf(world, type),
        keyword: null,
        enabled: true,
        minSeverity: 'warning',
        digestAt: null,
        digestSince: world.now,
        quietFrom: null,
        quietTo: null,
        ...fields,
      },
      { id: world.setOfBookId, name: 'A001' },
      by,
      world.now,
    )
  beforeAll(async () => {
    world.robots = await startRobots({ now: () => world.now })
    world.mail = await startMailServer({ now: () => world.now })
    setDefaultCACertificates([world.mail.certificate])
    // Read once, when it is asked for first.
    process.env.NUXT_ALERT_ALLOWED_ORIGINS = world.robots.url
    process.env.NUXT_SMTP_URL = `smtp://127.0.0.1:${world.mail.port}`
    process.env.NUXT_UPSTREAM_TIMEOUT = String(timeout)
    world.storage = await openTestStorage()
    world.storage.freeSpace = async () => world.freeSpace
    world.setOfBookId = (await ensureSetOfBook('A001', 'https://c8.example')).id
  })
  beforeEach(async () => {
    world.robots.messages.length = 0
    world.robots.faults = {}
    world.mail.mails.length = 0
    await world.storage.write(async (tx) => {
      for (const table of [alertChannels, alertDeliveries, attentionItems, orders]) await tx.delete(table)
    })
  })
  afterAll(async () => {
    await world.robots.close()
    await world.mail.close()
  })
  return world
}
