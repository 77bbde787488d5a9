import { describe, expect, it } from 'vitest'
import { MAX_PAGES, walkPages } from '#server/services/walk-pages'

const answer = (page: number | null, fingerprint: string | null) => ({ page, fingerprint })

async function walk(read: (page: number) => ReturnType<typeof answer>) {
  const asked: number[] = []
  const walked = walkPages(async (page) => {
    asked.push(page)
    return read(page)
  })
  return { failure: await walked.then(() => undefined).catch((error: unknown) => error), asked }
}

describe("a walk through goBox's pages", () => {
  it('ends with the last', async () => {
    const { failure, asked } = await walk((page) => answer(page < 4 ? page + 1 : null, `page ${page}`))
    expect(failure).toBeUndefined()
    expect(asked).toEqual([1, 2, 3, 4])
  })

  it.each<[string, (page: number) => string]>([
    ['the same page', () => 'always the same'],
    ['pages in a circle', (page) => `page ${page % 5}`],
  ])('ends with a reason where goBox lists %s without end', async (_, fingerprintOf) => {
    const { failure, asked } = await walk((page) => answer(page + 1, fingerprintOf(page)))
    expect(failure).toMatchObject({ code: 'gobox_pages_endless', params: { page: asked.length } })
    expect(asked.length).toBeLessThan(10)
  })

  it('ends with a reason where ever new pages follow', async () => {
    const { failure, asked } = await walk((page) => answer(page + 1, `page ${page}`))
    expect(failure).toMatchObject({ code: 'gobox_pages_endless', status: 502 })
    expect(asked).toHaveLength(MAX_PAGES)
  })

  it('goes on over an empty page, of which there may be some, but not over many', async () => {
    const few = await walk((page) => answer(page < 20 ? page + 1 : null, null))
    expect(few.failure).toBeUndefined()
    const many = await walk((page) => answer(page + 1, null))
    expect(many.failure).toMatchObject({ code: 'gobox_pages_endless' })
    expect(many.asked.length).toBeLessThan(30)
  })

  it.each([3, 2, -1])('ends with a reason where the page after 3 is said to be %i', async (next) => {
    const { failure, asked } = await walk((page) => answer(page < 3 ? page + 1 : next, `page ${page}`))
    expect(failure).toMatchObject({ code: 'gobox_pages_endless', params: { page: 3 } })
    expect(asked).toEqual([1, 2, 3])
  })

  it('stops between two pages when it is told to', async () => {
    let asked = 0
    await walkPages(
      async (page) => {
        asked++
        return answer(page + 1, `page ${page}`)
      },
      () => asked === 3,
    )
    expect(asked).toBe(3)
  })
})
