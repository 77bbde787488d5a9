import { chromium, type Browser, type Page } from '@playwright/test'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findChromium } from '../../../scripts/browser.ts'
import { useApp, type Shop } from '../server.ts'

const executablePath = findChromium()
const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

describe.skipIf(!executablePath)('in a real browser', () => {
  const world = useApp()
  let shop: Shop
  let browser: Browser
  const complaints: string[] = []

  beforeAll(async () => {
    shop = await world.app.openShop()
    browser = await chromium.launch({ executablePath, args: QUIET })
  })
  afterAll(() => browser?.close())

  async function open(url: string): Promise<Page> {
    const page = await browser.newPage()
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
    page.on('pageerror', (error) => complaints.push(error.message))
    await page.addInitScript(
      'document.addEventListener("securitypolicyviolation", event => console.error("violation", event.violatedDirective, event.blockedURI))',
    )
    await page.goto(url)
    await page.waitForLoadState('networkidle')
    return page
  }

  it('the pages run without breaking their own policy', async () => {
    const query = new URLSearchParams({ url: world.app.sandbox.c8Url, set_of_book: shop.name, user_name: '陈晓东' })
    for (const path of [
      '/',
      '/login',
      `/login?${query}#token=${shop.c8Token}`,
      '/orders',
      '/devices',
      '/settings',
      '/imports',
      '/none',
    ]) {
      const page = await open(world.app.url + path)
      expect((await page.locator('body').innerText()).trim(), path).not.toBe('')
      await page.close()
    }
    // A page without a session asks the API once and is told so.
    expect(complaints.filter((text) => !text.includes('status of 401'))).toEqual([])
  })

  it('a script that got into the page does not run', async () => {
    const page = await open(world.app.url)
    const ran = await page.evaluate(`(async () => {
      const inline = document.createElement('script')
      inline.textContent = 'window.ran = true'
      const foreign = document.createElement('script')
      foreign.src = 'data:text/javascript,window.ran = true'
      const image = document.createElement('div')
      image.innerHTML = '<img src="x:" onerror="window.ran = true">'
      document.body.append(inline, foreign, image)
      await new Promise(resolve => setTimeout(resolve, 500))
      return 'ran' in window
    })()`)
    expect(ran).toBe(false)
    await page.close()
  })

  it('only C8 may frame the pages', async () => {
    const framed = async (origin: string) => {
      const page = await browser.newPage()
      await page.goto(origin)
      await page.setContent(`<iframe src="${world.app.url}/login"></iframe>`)
      await page.waitForTimeout(1500)
      const text = await page
        .frames()[1]!
        .locator('body')
        .innerText()
        .catch(() => '')
      await page.close()
      return text.includes('goBox')
    }
    const stranger = createServer((_, response) => response.end('x')).listen(0, '127.0.0.1')
    await once(stranger, 'listening')
    expect(await framed(`${world.app.sandbox.c8Url}/`)).toBe(true)
    expect(await framed(`http://127.0.0.1:${(stranger.address() as AddressInfo).port}/`)).toBe(false)
    stranger.close()
    stranger.closeAllConnections()
  })
})
