import { beforeAll, describe, expect, it } from 'vitest'
import { itHolds, itIsGuarded, type Scenario, type World } from './scenarios.ts'
import { deviceInput, failed, useApp, type Fields } from './server.ts'

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

const TIME = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/

const badFields: [field: string, value: unknown, says: string][] = [
  ['name', '', 'an empty name'],
  ['name', '   ', 'a blank name'],
  ['name', '柜'.repeat(65), 'a name of 65 characters'],
  ['name', null, 'null as name'],
  ['name', { text: '柜' }, 'an object as name'],
  ['name', '\uD800', 'half a character as name'],
  ['dev_id', 'abc', 'text as dev_id'],
  ['dev_id', 1.5, 'a fraction as dev_id'],
  ['dev_id', 2 ** 53, 'a dev_id that JSON does not carry exactly'],
  ['dev_id', '', 'empty text as dev_id'],
  ['dev_id', true, 'a boolean as dev_id'],
  ['dev_id', [1], 'a list as dev_id'],
  ...['store_id', 'bank_id', 'member_id', 'employee_id'].flatMap((field): [string, unknown, string][] => [
    [field, 0, `0 as ${field}`],
    [field, -1, `a negative ${field}`],
    [field, '1e3', `1e3 as ${field}`],
    [field, null, `null as ${field}`],
  ]),
  ['bill_type', 3, 'an unknown bill_type'],
  ['bill_type', -1, 'a negative bill_type'],
  ['bill_type', null, 'null as bill_type'],
]

/** Each bad field as a row, for the route that creates and the one that changes. */
function refusals(request: string, complete: Fields): Scenario[] {
  return badFields.map(([field, value, says]) => ({
    says: `refuses ${says}`,
    request,
    body: { ...complete, [field]: value },
    status: 400,
    answer: failed(new RegExp(`^${field}：`)),
  }))
}

describe('POST /api/devices', () => {
  itIsGuarded('POST /api/devices', 'create', () => world, { ...deviceInput(), dev_id: 3 })

  itHolds(refusals('POST /api/devices', { ...deviceInput(), dev_id: 3 }), () => world)

  itHolds(
    Object.keys(deviceInput()).map((field): Scenario => ({
      says: `refuses a device without ${field}`,
      request: 'POST /api/devices',
      body: { ...deviceInput(), [field]: undefined },
      status: 400,
      answer: failed(new RegExp(`^${field}：必填`)),
    })),
    () => world,
  )

  itHolds(
    [
      {
        says: 'refuses a dev_id that is configured already',
        request: 'POST /api/devices',
        body: deviceInput(),
        status: 409,
        answer: failed(/10086 已经配置过/),
      },
      { says: 'checks the permission before the body', who: 1, request: 'POST /api/devices', body: {}, status: 403 },
      {
        says: 'creates with only the create bit',
        who: 4,
        request: 'POST /api/devices',
        body: { ...deviceInput(), dev_id: 4 },
        status: 200,
        answer: { dev_id: 4 },
      },
      {
        says: 'takes numbers as text, and any integer as dev_id',
        request: 'POST /api/devices',
        body: { ...deviceInput(), dev_id: '-7', store_id: '3', bill_type: '2' },
        status: 200,
        answer: { dev_id: -7, store_id: 3, bill_type: 2 },
      },
      {
        says: 'ignores unknown fields, and those that are not for the client to set',
        request: 'POST /api/devices',
        body: { ...deviceInput(), dev_id: 5, id: 1, set_of_book: 'A001', created_user: 'x', colour: 'red' },
        status: 200,
        answer: { created_user: '陈晓东' },
      },
      {
        says: 'reads parameters from the query too, and the body wins',
        request: 'POST /api/devices?dev_id=6&name=query',
        body: { ...deviceInput(), dev_id: undefined, name: 'body' },
        status: 200,
        answer: { dev_id: 6, name: 'body' },
      },
    ],
    () => world,
  )

  it('answers with all public fields', async () => {
    const { app, shop } = world
    const { body } = await app.ask('POST /api/devices', {
      token: shop.token,
      body: { ...deviceInput(), dev_id: 9, name: ' 柜 ' },
    })
    expect(body).toEqual({
      state: 1,
      id: expect.any(Number),
      set_of_book: shop.name,
      ...deviceInput(),
      dev_id: 9,
      name: '柜',
      created_at: expect.stringMatching(TIME),
      created_user: '陈晓东',
      updated_at: null,
      updated_user: null,
    })
  })

  it('lets two account sets have the same dev_id', async () => {
    const { app } = world
    await expect(app.addDevice(await app.openShop())).resolves.toBeGreaterThan(0)
  })

  it('keeps one of many that create the same dev_id at once', async () => {
    const { app, shop } = world
    const body = { ...deviceInput(), dev_id: 77 }
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => app.ask('POST /api/devices', { token: shop.token, body })),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array<number>(19).fill(409)])
  })
})

describe('GET /api/devices/[id]', () => {
  itIsGuarded('GET /api/devices/{device}', 'view', () => world)
  itHolds(missing('GET'), () => world)
  itHolds(
    [{ says: 'shows the device', who: 1, request: 'GET /api/devices/{device}', status: 200, answer: deviceInput() }],
    () => world,
  )
})

describe('PUT /api/devices/[id]', () => {
  itIsGuarded('PUT /api/devices/{device}', 'edit', () => world, { name: '新名' })
  itHolds(missing('PUT', { name: '新名' }), () => world)
  itHolds(refusals('PUT /api/devices/{device}', {}), () => world)
  itHolds(
    [
      {
        says: 'refuses a dev_id that another device has',
        request: 'PUT /api/devices/{device}',
        body: { dev_id: 2 },
        status: 409,
        answer: failed(/2 已经配置过/),
      },
      {
        says: 'names bad input before it says that there is no such device',
        request: 'PUT /api/devices/{theirs}',
        body: { name: '' },
        status: 400,
      },
      {
        says: 'changes one field',
        who: 2,
        request: 'PUT /api/devices/{device}',
        body: { name: '新名' },
        status: 200,
        answer: { ...deviceInput(), name: '新名', updated_user: '陈晓东', updated_at: expect.stringMatching(TIME) },
      },
      {
        says: 'takes its own dev_id',
        request: 'PUT /api/devices/{device}',
        body: { dev_id: 10086 },
        status: 200,
        answer: { dev_id: 10086 },
      },
      {
        says: 'changes nothing when nothing is given',
        request: 'PUT /api/devices/{device}',
        body: {},
        status: 200,
        answer: { ...deviceInput(), name: '新名' },
      },
    ],
    () => world,
  )
})

describe('DELETE /api/devices/[id]', () => {
  itIsGuarded('DELETE /api/devices/{device}', 'delete', () => world)
  itHolds(missing('DELETE'), () => world)

  it('deletes the device, keeps its orders, and does not find it again', async () => {
    const { app } = world
    const shop = await app.openShop()
    const device = await app.addDevice(shop)
    const order = await app.receive(shop, 'T1')
    const { token } = await app.logIn(shop.name, 8)
    expect((await app.ask(`DELETE /api/devices/${device}`, { token })).body).toEqual({ state: 1 })
    expect((await app.ask(`DELETE /api/devices/${device}`, { token })).status).toBe(404)
    expect((await app.findOrder(shop, 'T1'))?.id).toBe(order)
  })
})

/** An id of nobody, another account set's and no id at all look the same. */
function missing(method: string, body?: unknown): Scenario[] {
  const paths = {
    '{theirs}': "another account set's device",
    '{nowhere}': 'a device that does not exist',
    '0': '0',
    '-1': 'a negative id',
    '1.5': 'a fraction',
    abc: 'text',
    '9007199254740993': 'an id beyond 2^53',
  }
  return Object.entries(paths).map(([path, says]) => ({
    says: `does not find ${says}`,
    request: `${method} /api/devices/${path}`,
    body,
    status: 404,
  }))
}
