import { describe, expect, it } from 'vitest'
import { WrongSetting } from '#server/config'
import { showAddress, splitAddress } from '#server/storage/postgres/addresses'

describe('the address of the database', () => {
  it('names one server', () => {
    expect(splitAddress('postgres://shop:secret@db:5433/gobox?sslmode=require')).toEqual([
      'postgres://shop:secret@db:5433/gobox?sslmode=require',
    ])
  })

  it('names several servers, each with a port of its own, with the same user, database and options', () => {
    expect(splitAddress('postgresql://shop:s%40cret@db1,db2:5433,[::1]:5434/gobox?sslmode=require')).toEqual([
      'postgresql://shop:s%40cret@db1/gobox?sslmode=require',
      'postgresql://shop:s%40cret@db2:5433/gobox?sslmode=require',
      'postgresql://shop:s%40cret@[::1]:5434/gobox?sslmode=require',
    ])
  })

  it.each([
    'mysql://db/gobox',
    'db/gobox',
    'postgres://',
    'postgres://db',
    'postgres://db/',
    'postgres:///gobox',
    'postgres://a,,b/gobox',
    'postgres://db:port/gobox',
    'postgres://db:99999/gobox',
  ])('is refused in words: %s', (address) => {
    expect(() => splitAddress(address)).toThrow(WrongSetting)
  })

  it('is shown without user and password', () => {
    expect(showAddress('postgres://shop:secret@db:5433/gobox?sslmode=require')).toBe('db:5433/gobox')
  })
})
