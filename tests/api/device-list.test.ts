import { beforeAll, describe, expect, it } from 'vitest'
import { itHolds, itIsGuarded, type Scenario, type World } from './scenarios.ts'
import { failed, useApp } from './server.ts'

const context = useApp()
let world: World

beforeAll(async () => {
  const { app } = context
  const shop = await app.openShop()
  const neighbour = await app.openShop()
  const device = await app.addDevice(shop)
  await app.addDevice(shop, { name: '二号柜', dev_id: 2 })
  world = { app, shop, ids: { device, theirs: await app.addDevice(neighbour), nowhere: 999_999 } }
})

describe('GET /api/devices', () => {
  itIsGuarded('GET /api/devices', 'view', () => world)

  const list = async (query: string) => {
    const { body } = await world.app.ask<{ total: number; root: { name: string }[] }>(`GET /api/devices?${query}`, {
      token: names.token,
    })
    return { total: body.total, names: body.root.map(({ name }) => name) }
  }
  let names: { token: string }

  beforeAll(async () => {
    names = await world.app.openShop()
    const devices = ['Lobby', 'lobby 2', '100%', 'a_b', '大厅 É', 'axb']
    for (const [index, name] of devices.entries())
      await world.app.addDevice(names as World['shop'], { name, dev_id: index + 1 })
  })

  it("shows the newest first, and only the account set's own", async () => {
    expect(await list('')).toEqual({ total: 6, names: ['axb', '大厅 É', 'a_b', '100%', 'lobby 2', 'Lobby'] })
  })

  it.each([
    ['name=LOBBY', ['lobby 2', 'Lobby']],
    ['name=%25', ['100%']],
    ['name=_', ['a_b']],
    ['name=%C3%A9', ['大厅 É']],
    ['name=', ['axb', '大厅 É', 'a_b', '100%', 'lobby 2', 'Lobby']],
    ['name=none', []],
  ])(
    'finds by a part of the name, whatever its case, with % and _ as plain characters: %s',
    async (query, expected) => {
      expect(await list(query)).toEqual({ total: expected.length, names: expected })
    },
  )

  it('pages with the total of all matches', async () => {
    expect(await list('start=1&limit=2')).toEqual({ total: 6, names: ['大厅 É', 'a_b'] })
    expect(await list('start=6')).toEqual({ total: 6, names: [] })
    expect(await list('name=lobby&limit=1')).toEqual({ total: 2, names: ['lobby 2'] })
  })

  itHolds(
    [
      ...['start=-1', 'start=1.5', 'start=x', 'limit=0', 'limit=1001', 'limit=-1', 'limit=ten'].map(
        (query): Scenario => ({
          says: `refuses ${query}`,
          request: `GET /api/devices?${query}`,
          status: 400,
          answer: failed(new RegExp(`^${query.split('=')[0]}：`)),
        }),
      ),
      { says: 'takes the largest page', request: 'GET /api/devices?limit=1000&start=0', status: 200 },
      { says: 'takes empty text as not given', request: 'GET /api/devices?limit=&start=', status: 200 },
      {
        says: 'refuses a parameter that is given twice',
        request: 'GET /api/devices?limit=1&limit=2',
        status: 400,
        answer: failed(/limit 给了两次/),
      },
      { says: 'lists with only the view bit', who: 1, request: 'GET /api/devices', status: 200 },
    ],
    () => world,
  )
})
