import { beforeAll, describe, expect, it } from 'vitest'
import { setUpShop, shops } from '../../scripts/demo/shops.ts'
import { timeText } from '../../sandbox/shop.ts'
import { useApp, type Fields } from './server.ts'

const world = useApp()
let token: string

beforeAll(async () => {
  const { url, sandbox } = world.app
  const shop = { ...shops[0]!, ordersPerDay: 24 }
  await setUpShop(url, sandbox, shop)
  token = (await world.app.logInWith(shop.c8Token, { set_of_book: shop.set_of_book })).body.token as string
}, 60_000)

const ask = async (path: string) => (await world.app.ask<Fields>(`GET ${path}`, { token })).body

describe('the demo', () => {
  it('opens on a shop in the middle of its life: most is imported, a few wait, a few have failed', async () => {
    const count = async (query: string) => Number((await ask(`/api/orders?action=trade_view&${query}`)).total)
    const since = `start_date=${timeText(Date.now() - 11 * 86_400_000).slice(0, 10)}&status=100`
    const [paid, imported, idle, failed] = await Promise.all(
      ['', '&import_state=imported', '&import_state=idle', '&import_state=failed'].map((one) => count(since + one)),
    )
    expect(imported! / paid!).toBeGreaterThan(0.75)
    expect(failed).toBeGreaterThan(0)
    expect(idle! + failed!).toBeLessThan(paid! * 0.25)
    const yesterday = timeText(Date.now() - 86_400_000).slice(0, 10)
    expect(await count(`start_date=${yesterday}&end_date=${yesterday}&import_state=imported`)).toBeGreaterThan(5)
  })

  it('has a closed day with a change since, and a day on which something of each kind differs', async () => {
    const day = (back: number) => ask(`/api/settlements/${timeText(Date.now() - back * 86_400_000).slice(0, 10)}`)
    expect(await day(13)).toMatchObject({ status: 'closed', changed_after_close: 1 })
    const { differences } = (await day(12)) as { differences: { kind: string }[] }
    expect(new Set(differences.map(({ kind }) => kind)).size).toBeGreaterThan(8)
  })
})
