import { expect } from 'vitest'
import type { DigestFigures } from '#shared/alert-message'
import type { AttentionItem } from '#shared/attention'
import type { AlertWorld } from './setup.ts'

/** What people were told by one message, in whatever way. */
export interface ToldMessage {
  channel: string
  at: number
  kind: 'opened' | 'resolved' | 'digest'
  titles: string[]
  text: string
  digest?: DigestFigures
}

const KINDS = { 待办: 'opened', 已恢复: 'resolved', 日报: 'digest' } as const
const TYPES = { 'attention.opened': 'opened', 'attention.resolved': 'resolved', digest: 'digest' } as const
const OPENED = /^ *(?:\*\*)?(?:紧急|提醒)：(.+?)(?:\*\*)?(?:（[^（]*）)? *$/gm
const RESOLVED = /^ *已恢复：(.+?)（[^（]*） *$/gm

/** A message of words, read as people read it. */
function readWords(channel: string, at: number, text: string): ToldMessage {
  const name = /^(?:#+ )?goBox (待办|已恢复|日报)/.exec(text)?.[1] as keyof typeof KINDS | undefined
  expect(name, text).toBeDefined()
  const titles = [...text.matchAll(name === '已恢复' ? RESOLVED : OPENED)].map(([, title]) => title!)
  return { channel, at, kind: KINDS[name!], titles, text }
}

/** Everything that was told, each channel's in its order. */
export function listTold({ robots, mail }: AlertWorld): ToldMessage[] {
  const byRobots = robots.messages.map(({ robot, at, text, body }): ToldMessage => {
    if (robot !== 'webhook') return readWords(robot, at, text)
    const data = body.data as { items: AttentionItem[] } & DigestFigures
    const kind = TYPES[body.type as keyof typeof TYPES]
    return { channel: robot, at, kind, titles: data.items.map(({ title }) => title), text: '', digest: data }
  })
  return [...byRobots, ...mail.mails.map(({ to, at, text }) => readWords(to.join(), at, text))]
}
