import { join } from 'node:path'
import process from 'node:process'
import AxeBuilder from '@axe-core/playwright'
import { test as base, expect, type Page } from '@playwright/test'
import { startStack, type Stack } from './stack.ts'

export { expect }

interface Fixtures {
  /**
   * Lets the page's answers of this status pass; each other failure, and every console error or warning, fails the
   * test.
   */
  allowStatus: (...statuses: number[]) => void
  isPhone: boolean
  /**
   * Writes a screenshot, of what is in sight or of the whole page, into test-results/screens; only where `SCREENS=1`
   * asks for it, since a picture takes as long as several steps of a test.
   */
  snap: (name: string, whole?: 'whole') => Promise<void>
}

export const test = base.extend<Fixtures & { watched: { problems: string[]; allowed: Set<number> } }>({
  watched: [
    async ({ page, baseURL: _ }, use) => {
      const problems: string[] = []
      const allowed = new Set<number>()
      watch(page, problems, allowed)
      await use({ problems, allowed })
      expect(problems, 'the console and the network stay clean').toEqual([])
    },
    { auto: true },
  ],
  allowStatus: async ({ watched }, use) =>
    use((...statuses) => statuses.forEach((status) => watched.allowed.add(status))),
  isPhone: async ({ viewport }, use) => use(viewport!.width < 768),
  snap: async ({ page }, use, { project }) =>
    use(async (name, whole) => {
      if (!process.env.SCREENS) return
      await page.screenshot({
        path: join('test-results', 'screens', `${name}-${project.name}.png`),
        animations: 'disabled',
        fullPage: whole === 'whole',
      })
    }),
})

/** Playwright's own word on service workers, which stand between a test and what it answers in the server's place. */
const NO_WORKER = 'Service Worker registration blocked by Playwright'

function watch(page: Page, problems: string[], allowed: Set<number>) {
  page.on('console', (message) => {
    // Chromium reports a refused request itself; whether it may be refused is judged by its status below.
    const isRequest = message.text().startsWith('Failed to load resource')
    if (message.text() === NO_WORKER) return
    if (['error', 'warning'].includes(message.type()) && !isRequest) problems.push(`console: ${message.text()}`)
  })
  page.on('pageerror', (error) => problems.push(`exception: ${error.message}`))
  page.on('requestfailed', (request) => {
    // 0: the server is away. The page itself gives up a request that has become pointless.
    const reason = request.failure()?.errorText
    if (reason !== 'net::ERR_ABORTED' && !allowed.has(0)) problems.push(`failed: ${request.url()} ${reason}`)
  })
  page.on('response', (response) => {
    if (response.status() >= 400 && !allowed.has(response.status()))
      problems.push(`${response.status()}: ${response.url()}`)
  })
}

/** A stack for the tests of one file. */
export function useStack(
  fill?: (stack: Stack) => Promise<void>,
  ...options: Parameters<typeof startStack>
): () => Stack {
  let stack: Stack | undefined
  test.beforeAll(async () => {
    stack = await startStack(...options)
    await fill?.(stack)
  })
  test.afterAll(() => stack?.stop())
  return () => stack!
}

/** The list's rows: of the table on the desk, cards on the phone. */
export function rowOf(page: Page, transId: string) {
  return page.locator('.order-row, .el-table__row, .cards > li').filter({ hasText: transId })
}

let openings = 0

/**
 * Logs in by C8's menu link and opens a page: as the one to come back to after the log-in, which spares a test the
 * load of another.
 */
export async function openPage(page: Page, stack: Stack, path: string, account?: Parameters<Stack['link']>[0]) {
  const kept = JSON.stringify(JSON.stringify({ path, set_of_book: null }))
  // Once: a later log-in in this tab leads back to what the app itself keeps.
  const opening = JSON.stringify(`opening ${++openings}`)
  await page.addInitScript(
    `if (location.pathname === '/login' && location.hash.startsWith('#token=') && !sessionStorage.getItem(${opening})) {
      sessionStorage.setItem(${opening}, 'done')
      sessionStorage.setItem('gobox.return', ${kept})
    }`,
  )
  await page.goto(stack.link(account))
  await page.waitForURL(new URL(path, stack.url).href)
}

export const openOrders = (page: Page, stack: Stack, path = '/orders') => openPage(page, stack, path)

/** Rules that axe-core has switched off or takes lightly, and that hold here. */
const HELD = [
  'target-size',
  'label-content-name-mismatch',
  'empty-table-header',
  'landmark-no-duplicate-banner',
  'page-has-heading-one',
]

/** What axe-core finds grave on the page as it is, by all its rules or some. */
export async function graveViolations(page: Page, rules?: string[]) {
  // Text that is still fading in has too little contrast.
  await expect
    .poll(() =>
      page.evaluate('document.getAnimations().every(({ effect }) => effect.getComputedTiming().endTime === Infinity)'),
    )
    .toBe(true)
  const axe = new AxeBuilder({ page })
  const held = Object.fromEntries(HELD.map((id) => [id, { enabled: true }]))
  const { violations } = await (rules ? axe.withRules(rules) : axe.options({ rules: held })).analyze()
  return violations
    .filter(({ id, impact }) => impact === 'serious' || impact === 'critical' || HELD.includes(id))
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`)
}

/** C8's user who may only look. */
export const viewer = { user_name: '李雪梅', c8Token: 'c8-token-A001-view' }

export async function chooseRow(page: Page, transId: string) {
  await rowOf(page, transId).locator('.el-checkbox').first().click()
}

/** Ends the page's session at the server, as twelve idle hours do; the page does not know it yet. */
export async function endSession(page: Page, { url }: Stack) {
  const cookies = await page.context().cookies(url)
  const token = cookies.find(({ name }) => name.startsWith('gobox_'))!.value
  await fetch(`${url}/api/access_token`, { method: 'DELETE', headers: { token } })
}

/** Fills the open form of a new cabinet like the others' and saves it. */
export async function saveDevice(page: Page, name: string) {
  const form = page.getByRole('dialog', { name: '新建货柜' })
  await form.getByLabel('名称').fill(name)
  await form.getByRole('button', { name: /照“.+”填/ }).click()
  // Names, not the numbers that C8 knows them by.
  await expect(form.locator('.el-select__placeholder').filter({ hasText: /^#/ })).toHaveCount(0)
  await page.getByRole('combobox', { name: '仓库' }).fill('总仓')
  await page.getByRole('option', { name: '总仓' }).click()
  await form.getByRole('button', { name: '保存' }).click()
}
