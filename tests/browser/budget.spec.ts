import { gzipSync } from 'node:zlib'
import { expect, openOrders, test, useStack } from './fixtures.ts'
import { orderOf } from './stack.ts'

const KiB = 1024
const stack = useStack(({ deliver }) => deliver(orderOf('T-1')))

test('the first load of the orders stays small and asks no other host', async ({ page, browser, isPhone }) => {
  test.skip(isPhone, 'the files are the same')
  await openOrders(page, stack())
  await expect(page.getByText('T-1')).toBeVisible()

  const fresh = await browser.newContext({ storageState: await page.context().storageState() })
  const first = await fresh.newPage()
  const sizes = { js: 0, css: 0 }
  const strangers: string[] = []
  const read: Promise<void>[] = []
  const seen = new Set<string>()
  first.on('response', (response) => {
    const { origin, pathname } = new URL(response.url())
    if (origin !== stack().url) strangers.push(response.url())
    const kind = /\.(js|css)$/.exec(pathname)?.[1] as 'js' | 'css' | undefined
    if (!kind || seen.has(pathname)) return
    seen.add(pathname)
    read.push(
      response.body().then((body) => {
        sizes[kind] += gzipSync(body, { level: 9 }).length
      }),
    )
  })
  await first.goto(`${stack().url}/orders`, { waitUntil: 'networkidle' })
  await expect(first.getByText('T-1')).toBeVisible()
  await Promise.all(read)
  await fresh.close()

  expect(strangers).toEqual([])
  expect(sizes.js, `${Math.round(sizes.js / KiB)} KiB of JavaScript`).toBeLessThanOrEqual(230 * KiB)
  expect(sizes.css, `${Math.round(sizes.css / KiB)} KiB of CSS`).toBeLessThanOrEqual(60 * KiB)
})
