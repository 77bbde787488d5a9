import { expect, openOrders, openPage, rowOf, test, useStack } from './fixtures.ts'
import { cabinetsOf, timeText } from '../../sandbox/shop.ts'
import { defaultCatalog } from '../../sandbox/catalog.ts'
import { SCREENS } from './screens.ts'
import { bread, orderOf, unconfigured, water } from './stack.ts'

const stack = useStack(async ({ deliver, ask }) => {
  await deliver(orderOf('T-BREAD', { products: [bread] }), orderOf('T-NEW', { dev_id: unconfigured }))
  await deliver({ ...orderOf('T-BROKEN'), status: 999 }).catch(() => undefined)
  const { id } = await ask<{ id: number }>('POST', '/api/imports', { filter: {} })
  await expect
    .poll(async () => (await ask<{ pending: number }>('GET', `/api/imports/${id}`)).pending, { timeout: 15_000 })
    .toBe(0)
})

const CHINESE = /[\u4E00-\u9FFF]/

test.beforeEach(({ page }) => page.addInitScript("localStorage.setItem('gobox.locale', 'en')"))

test('an English page says in English why orders failed', async ({ page }) => {
  await openOrders(page, stack())
  await expect(rowOf(page, 'T-BREAD')).toContainText(`C8 does not know the barcode ${bread.barcode}`)
  await rowOf(page, 'T-NEW').getByRole('link').click()
  await expect(page.locator('.order-history')).toContainText(`The cabinet ${unconfigured} is not configured yet`)
})

test('an English batch groups its failures by code and offers the cabinet that is missing', async ({ page }) => {
  await openPage(page, stack(), '/imports/1')
  const missing = page.getByRole('article').filter({ hasText: `The cabinet ${unconfigured} is not configured yet` })
  await expect(missing.getByRole('button', { name: String(unconfigured) })).toBeVisible()
  const unknown = page.getByRole('article').filter({ hasText: `${bread.barcode}（${bread.name}）` })
  await unknown.getByRole('button', { name: 'Retry these 1' }).click()
  await expect(page.getByText('Orders queued again: 1')).toBeVisible()
})

test('a form marks the field that the server refuses, in English', async ({ page, allowStatus }) => {
  allowStatus(409)
  await openPage(page, stack(), '/devices')
  await page.getByRole('button', { name: `Configure cabinet ${unconfigured}` }).click()
  const form = page.getByRole('dialog')
  await form.getByLabel('Name').fill('Lobby')
  await form.getByLabel('Device ID').fill('10081')
  await form.getByRole('button', { name: /Fill .+ as for/ }).click()
  await page.getByRole('combobox', { name: 'Store' }).click()
  await page.getByRole('option').first().click()
  await form.getByRole('button', { name: 'Save' }).click()
  const field = form.locator('.el-form-item').filter({ hasText: 'Device ID' })
  await expect(field.locator('.el-form-item__error')).toHaveText(/10081 is configured already/)
  await expect(form.locator('.el-form-item__error').filter({ hasText: CHINESE })).toHaveCount(0)
})

/** What of the shop's own is Chinese in any language: names of goods, cabinets, people and C8's lists. */
const DATA = [
  ...[water, bread, ...Object.values(cabinetsOf).flat()].map(({ name }) => name),
  ...JSON.stringify(defaultCatalog())
    .match(/"[^"]*[\u4E00-\u9FFF][^"]*"/g)!
    .map((text) => text.slice(1, -1)),
  ...['陈晓东', '李雪梅', '中文'],
].sort((a, b) => b.length - a.length)

/** Texts of the page that anybody can see or hear. */
const TEXTS = `(() => {
  const found = []
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  for (let node = walker.nextNode(); node; node = walker.nextNode())
    if (node.parentElement.checkVisibility() && !node.parentElement.closest('script, style')) found.push(node.data)
  for (const element of document.querySelectorAll('[aria-label], [title], [placeholder]'))
    found.push(...['aria-label', 'title', 'placeholder'].map((name) => element.getAttribute(name) ?? ''))
  return [document.title, ...found].filter((text) => /[\\u4E00-\\u9FFF]/.test(text))
})()`

/** Words of headings that are broken within, as by a column that is too narrow. */
const BROKEN = `[...document.querySelectorAll('th')].flatMap((cell) => {
  const walker = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT)
  const broken = []
  for (let node = walker.nextNode(); node; node = walker.nextNode())
    for (const { 0: word, index } of node.data.matchAll(/\\S+/g)) {
      const range = document.createRange()
      range.setStart(node, index)
      range.setEnd(node, index + word.length)
      if (new Set([...range.getClientRects()].map(({ top }) => Math.round(top))).size > 1) broken.push(word)
    }
  return broken
})`

/** Texts that end in dots because they have no room, and are not whole on hover either. */
const CUT = `[...document.querySelectorAll('body *')].filter((element) =>
  element.children.length === 0 && !element.title && element.clientWidth > 1 && element.checkVisibility() && element.scrollWidth > element.clientWidth + 1 &&
  getComputedStyle(element).textOverflow === 'ellipsis').map((element) => element.textContent)`

test('no English page says anything in Chinese, nor breaks a word of a heading', async ({ page, isPhone }) => {
  test.setTimeout(180_000)
  await openPage(page, stack(), '/')
  const screens = [
    ...SCREENS,
    { path: '/imports/1', shown: '.batch-failures' },
    ...['alerts', 'aliases', 'backups', 'about'].map((tab) => ({
      path: `/settings?tab=${tab}`,
      shown: '.settings-section',
    })),
    { path: '/orders', shown: '.order-row, .cards > li' },
    { path: '/orders/1', shown: '.order-history' },
    { path: `/settlements/${timeText(Date.now()).slice(0, 10)}`, shown: 'h1' },
  ]
  for (const { path, shown } of screens) {
    await page.goto(stack().url + path)
    await expect(page.locator(shown).first()).toBeVisible()
    const said = (await page.evaluate<string[]>(TEXTS)).map((text) =>
      DATA.reduce((rest, one) => rest.replaceAll(one, ''), text),
    )
    expect
      .soft(
        said.filter((text) => CHINESE.test(text)),
        path,
      )
      .toEqual([])
    for (const width of isPhone ? [360] : [768, 1024, 1440]) {
      await page.setViewportSize({ width, height: 900 })
      expect.soft(await page.evaluate(BROKEN), `${path}, ${width} px`).toEqual([])
      const cut = (await page.evaluate<string[]>(CUT)).filter((text) => !DATA.includes(text))
      expect.soft(cut, `cut on ${path}, ${width} px`).toEqual([])
    }
  }
})
