import { chromium, type Page } from '@playwright/test'
import { findChromium } from '../scripts/browser.ts'
import { seeded } from './seeded.ts'

/** Row and checkbox of the list on the desk. */
const ROW = '.order-row'

/** Interactions whose slowest is reported, each several times. */
const ROUNDS = 5

/** Has the page note how long it takes from each input to the next picture, as browsers count INP. */
const WATCH = `window.inputs = []; new PerformanceObserver((list) => inputs.push(...list.getEntries().map(({ duration }) => duration)))
  .observe({ type: 'event', durationThreshold: 16 })`

/** The slowest answer to input while `work` is done, in milliseconds; what takes less than a picture counts as 16. */
async function slowest(page: Page, work: () => Promise<void>): Promise<number> {
  await page.evaluate('inputs.length = 0')
  await work()
  await page.waitForTimeout(300)
  return page.evaluate('Math.max(16, ...inputs)')
}

/** The list of a thousand orders in a browser: how long it takes to stand there, and to answer input. */
export async function benchPages(orders: number) {
  const { sandbox, start } = await seeded(orders)
  const app = await start()
  const browser = await chromium.launch({ executablePath: findChromium(), args: ['--no-sandbox'] })
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
  const login = new URLSearchParams({ url: sandbox.c8Url, set_of_book: 'A001', user_name: 'bench' })
  await page.goto(`${app.url}/login?${login}#token=c8-token-A001`)
  await page.waitForURL(({ pathname }) => pathname === '/')
  const begin = performance.now()
  await page.goto(`${app.url}/orders?size=1000`)
  await page.locator(ROW).first().waitFor()
  const drawn = performance.now() - begin
  await page.waitForLoadState('networkidle')
  await page.evaluate(WATCH)
  const eachRow = async (target: string) => {
    for (let index = 0; index < ROUNDS; index++) await page.locator(ROW).nth(index).locator(target).click()
  }
  const figures = {
    drawn,
    choosing: await slowest(page, () => eachRow('.el-checkbox')),
    choosingAll: await slowest(page, () => page.locator('thead .el-checkbox').click()),
    unfolding: await slowest(page, () => eachRow('.unfold button')),
    typing: await slowest(page, async () => {
      await page.keyboard.press('/')
      await page.keyboard.type('T-0123')
    }),
  }
  await browser.close()
  await app.stop()
  return figures
}
