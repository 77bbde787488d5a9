import { formatTime } from '#shared/time'
import { keptSales } from '../expected-sales.ts'
import { expectedSales } from '../silence.ts'
import type { Evaluator } from './finding.ts'

/** This many are missed by chance once in 160,000 times. */
const EXPECTED = 12

/** Neither a message nor a new order, although many were to be expected. */
export const goboxSilent: Evaluator = {
  kind: 'gobox_silent',
  severity: 'critical',
  async find({ setOfBookId, standing, now, zone }) {
    const { all } = await keptSales(setOfBookId, now, zone)
    if (!all) return []
    const last = Math.max(standing.lastWebhookAt ?? 0, standing.lastNewOrderAt ?? 0) || all.lastAt
    const expected = expectedSales(all.byHour, last, now, zone)
    if (expected < EXPECTED) return []
    const detail = `${formatTime(last, zone)} 以后没有消息，也没有新订单；按平时应有约 ${Math.floor(expected)} 单，请检查对接`
    return [{ title: 'goBox 没有消息', detail, since: last, to: '/settings' }]
  },
}
