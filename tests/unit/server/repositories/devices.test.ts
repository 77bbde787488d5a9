import { describe, expect, it } from 'vitest'
import { createDevice, findDeviceByDevId, listDevices, updateDevice } from '#server/repositories/devices'
import { useTestStorage } from '../with-storage.ts'

const context = useTestStorage()
const input = {
  name: '一号柜',
  dev_id: 1,
  store_id: 1,
  bank_id: 2,
  member_id: 3,
  employee_id: 4,
  bill_type: 0 as const,
}
const by = (user: string) => ({ setOfBookId: context.own, user, address: '127.0.0.1' })
const create = (changes: Partial<typeof input>, setOfBookId = context.own) =>
  createDevice(setOfBookId, { ...input, ...changes }, by('x'), 1000)

describe('devices', () => {
  it('have a dev_id of their own in each account set', async () => {
    await create({})
    await expect(create({})).rejects.toMatchObject({ status: 409 })
    const other = await create({}, context.neighbour)
    expect((await findDeviceByDevId(context.neighbour, 1))?.id).toBe(other.id)
  })

  it('that fail to be made do not take others in the same commit with them', async () => {
    const results = await Promise.allSettled([create({ dev_id: 50 }), create({ dev_id: 50 }), create({ dev_id: 51 })])
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  })

  it('change only in what is given', async () => {
    const device = await create({ dev_id: 60 })
    expect(await updateDevice(context.own, device.id, { name: '二' }, by('y'), 2000)).toEqual({
      ...device,
      name: '二',
      updatedAt: 2000,
      updatedUser: 'y',
    })
    expect(await updateDevice(context.neighbour, device.id, { name: '三' }, by('y'), 2000)).toBeUndefined()
    await expect(updateDevice(context.own, device.id, { dev_id: 1 }, by('y'), 2000)).rejects.toMatchObject({
      status: 409,
    })
  })

  it('are found by a part of their name in any alphabet and case', async () => {
    for (const [index, name] of ['STRASSE', 'Кофе', 'a%b', 'a_b', 'axb'].entries())
      await create({ dev_id: 100 + index, name })
    const find = async (name: string) =>
      (await listDevices(context.own, { name, start: 0, limit: 50 })).rows.map((row) => row.name)
    expect(await find('strasse')).toEqual(['STRASSE'])
    expect(await find('КОФЕ')).toEqual(['Кофе'])
    expect(await find('%')).toEqual(['a%b'])
    expect(await find('_')).toEqual(['a_b'])
  })

  it('are found by a part of their name or of their number', async () => {
    await create({ dev_id: 778_899, name: 'one' })
    await create({ dev_id: 5, name: 'cabinet 7788' })
    const { rows } = await listDevices(context.own, { q: '788', start: 0, limit: 50 })
    expect(rows.map(({ name }) => name)).toEqual(['cabinet 7788', 'one'])
  })
})
