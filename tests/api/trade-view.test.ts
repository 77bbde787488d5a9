import { beforeAll, describe, expect, it } from 'vitest'
import { itHolds, itIsGuarded, type Scenario, type World } from './scenarios.ts'
import { failed, orderMessage, useApp, type Fields, type PublicOrder, type Shop } from './server.ts'

const context = useApp()
let world: World

beforeAll(async () => {
  const { app } = context
  const shop = await app.openShop()
  const neighbour = await app.openShop()
  world = {
    app,
    shop,
    ids: { order: await app.receive(shop, 'T1'), theirs: await app.receive(neighbour, 'T2'), nowhere: 999_999 },
  }
})

const VIEW = 'GET /api/orders?action=trade_view'
describe('trade_view', () => {
  itIsGuarded(VIEW, 'view', () => world)

  itHolds(
    [
      ...(
        [
          ['dev_id', 'x', '1.5', '9007199254740993'],
          ['status', 'paid', '99', '106'],
          ['is_imported', '2', 'yes', '-1'],
          ['start_date', 'today', '2026-02-30', '2026-11-20 25:00:00'],
          ['end_date', 'today', '2026-13-01', '-1'],
          ['start', '-1', '1.5', 'x'],
          ['limit', '0', '1001', '-5', 'x'],
          ['trans_id', 'x'.repeat(65)],
        ] as [string, ...string[]][]
      ).flatMap(([field, ...values]) =>
        values.map((value): Scenario => ({
          says: `refuses ${value.slice(0, 20)} as ${field}`,
          request: `${VIEW}&${field}=${value}`,
          status: 400,
          answer: failed(new RegExp(`^${field}：`)),
        })),
      ),
      {
        says: 'refuses a start after the end',
        request: `${VIEW}&start_date=2026-11-21&end_date=2026-11-20`,
        status: 400,
        answer: failed(/^start_date：不能晚于/),
      },
      {
        says: 'refuses a start one second after the end',
        request: `${VIEW}&start_date=2026-11-20%2010:00:01&end_date=2026-11-20%2010:00:00`,
        status: 400,
      },
      {
        says: 'takes one and the same second as start and end',
        request: `${VIEW}&start_date=2026-11-20%2010:00:00&end_date=2026-11-20%2010:00:00`,
        status: 200,
        answer: { total: 1 },
      },
      { says: 'refuses a parameter given twice', request: `${VIEW}&status=100&status=100`, status: 400 },
      {
        says: 'takes empty text as not given',
        request: `${VIEW}&dev_id=&start_date=&end_date=&status=&is_imported=&trans_id=&start=&limit=`,
        status: 200,
        answer: { total: 1 },
      },
      { says: 'takes the bounds of a page', request: `${VIEW}&start=0&limit=1000`, status: 200 },
    ],
    () => world,
  )

  describe("with a shop's orders", () => {
    let shop: Shop

    const ids = async (query: string) => {
      const { body } = await context.app.ask<{ total: number; root: PublicOrder[] }>(`${VIEW}&${query}`, {
        token: shop.token,
      })
      return { total: body.total, ids: body.root.map((order) => order.trans_id) }
    }

    beforeAll(async () => {
      const { app } = context
      shop = await app.openShop()
      await app.addDevice(shop)
      const rows: [string, Fields][] = [
        ['night', { create_time: '2026-11-19 23:59:59' }],
        ['midnight', { create_time: '2026-11-20 00:00:00' }],
        ['noon 1', { create_time: '2026-11-20 12:00:00' }],
        ['noon 2', { create_time: '2026-11-20 12:00:00' }],
        ['refund', { create_time: '2026-11-20 13:00:00', status: 103 }],
        ['other', { create_time: '2026-11-20 23:59:59', dev_id: 7 }],
        ['next', { create_time: '2026-11-21 00:00:00' }],
      ]
      for (const [transId, changes] of rows) await app.receive(shop, transId, changes)
      const { id } = (await app.findOrder(shop, 'noon 1'))!
      expect((await app.ask(`POST /api/orders/${id}?action=import`, { token: shop.token })).status).toBe(200)
    })

    const whole = ['next', 'other', 'refund', 'noon 2', 'noon 1', 'midnight', 'night']

    it.each<[string, string, string[]]>([
      ['the newest first, and of the same time the later id', '', whole],
      ['whole days, both included, for bare dates', 'start_date=2026-11-20&end_date=2026-11-20', whole.slice(1, 6)],
      ['from a second on, included', 'start_date=2026-11-20%2012:00:00', whole.slice(0, 5)],
      ['up to a second, included', 'end_date=2026-11-20%2012:00:00', whole.slice(3)],
      [
        'times with offset',
        `start_date=${encodeURIComponent('2026-11-20T04:00:00Z')}&end_date=${encodeURIComponent('2026-11-20T13:00:00+08:00')}`,
        whole.slice(2, 5),
      ],
      ['Unix seconds', 'start_date=1795147200&end_date=1795147200', ['noon 2', 'noon 1']],
      ['Unix milliseconds', 'start_date=1795147200000&end_date=1795147200999', ['noon 2', 'noon 1']],
      ['one device', 'dev_id=7', ['other']],
      ['one status', 'status=103', ['refund']],
      ['what is imported', 'is_imported=1', ['noon 1']],
      ['what is not imported', 'is_imported=0&status=100', ['next', 'other', 'noon 2', 'midnight', 'night']],
      ['one trans_id, exactly', 'trans_id=noon%202', ['noon 2']],
      ['nothing for a part of a trans_id', 'trans_id=noon', []],
      ['nothing of another account set', 'trans_id=T1', []],
      [
        'all filters at once',
        'dev_id=10086&status=100&is_imported=0&start_date=2026-11-20&end_date=2026-11-20',
        ['noon 2', 'midnight'],
      ],
    ])('shows %s', async (_, query, expected) => {
      expect(await ids(query)).toEqual({ total: expected.length, ids: expected })
    })

    it('pages in a stable order with the total of all matches', async () => {
      const pages = [
        await ids('start=0&limit=3'),
        await ids('start=3&limit=3'),
        await ids('start=6&limit=3'),
        await ids('start=7&limit=3'),
      ]
      expect(pages.map(({ total }) => total)).toEqual([7, 7, 7, 7])
      expect(pages.flatMap((page) => page.ids)).toEqual(whole)
    })

    it('shows 50 a page unless told otherwise', async () => {
      const many = await context.app.openShop()
      await Promise.all(
        Array.from({ length: 51 }, (_, index) =>
          context.app.ask('POST /api/create_order', { token: many.localToken, body: orderMessage(`M${index}`) }),
        ),
      )
      const { body } = await context.app.ask<{ total: number; root: unknown[] }>(VIEW, many)
      expect([body.total, body.root.length]).toEqual([51, 50])
    })

    it('says who imported an order and what the document is called', async () => {
      const [document] = await context.app.sandbox.control.documents('noon 1')
      expect(await context.app.findOrder(shop, 'noon 1')).toMatchObject({
        is_imported: true,
        imported_user: '陈晓东',
        imported_at: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
        retail_id: document!.id,
        retail_code: document!.code,
        import_state: 'imported',
      })
    })
  })
})
