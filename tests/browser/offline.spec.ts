import { expect, graveViolations, openPage, test, useStack } from './fixtures.ts'

const stack = useStack()

test.use({ serviceWorkers: 'allow' })

/** What the browser keeps for itself, by the paths. */
const KEPT = `caches.keys().then(async (names) => {
  const requests = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()))
  return requests.flat().map(({ url }) => new URL(url).pathname).sort()
})`

const controlled = `navigator.serviceWorker.ready.then(() => navigator.serviceWorker.controller !== null)`

test('the app can be installed, with a name, a colour and icons that a launcher may cut', async ({ page, isPhone }) => {
  test.skip(!isPhone, 'the files are the same')
  await page.goto(`${stack().url}/login`)
  const address = await page.locator('link[rel=manifest]').getAttribute('href')
  const answer = await page.request.get(stack().url + address)
  expect(answer.headers()['content-type']).toMatch(/^application\/manifest\+json/)
  const manifest = await answer.json()
  expect(manifest).toMatchObject({ name: 'goBox 助手', display: 'standalone', start_url: '/' })
  expect(manifest.icons.map((icon: { sizes: string; purpose: string }) => `${icon.sizes} ${icon.purpose}`)).toEqual([
    '192x192 any',
    '512x512 any',
    '512x512 maskable',
  ])
  for (const { src, sizes } of manifest.icons) {
    const size = await page.evaluate(`new Promise((resolve, reject) => {
      const image = new Image()
      image.onload = () => resolve(image.naturalWidth + 'x' + image.naturalHeight)
      image.onerror = reject
      image.src = '${src}'
    })`)
    expect(size).toBe(sizes)
  }
  await page.emulateMedia({ colorScheme: 'dark' })
  await expect(page.locator('meta[name=theme-color]')).toHaveAttribute('content', '#141414')
})

test('without a network a page of our own stands in, keeps nothing of the shop and opens by itself', async ({
  page,
  context,
  allowStatus,
  snap,
}) => {
  allowStatus(0)
  await openPage(page, stack(), '/')
  await expect.poll(() => page.evaluate(controlled)).toBe(true)
  await page.waitForLoadState('networkidle')
  await context.setOffline(true)
  // Neither loaded before nor kept.
  await page.goto(`${stack().url}/devices`)
  await expect(page.getByRole('heading', { name: '没有网络' })).toBeVisible()
  await expect(page.getByText('A001 · 陈晓东')).toBeVisible()
  await expect(page.getByText('货柜', { exact: true })).toBeVisible()
  expect(await graveViolations(page)).toEqual([])
  await snap('offline')
  await page.emulateMedia({ colorScheme: 'dark' })
  expect(await graveViolations(page, ['color-contrast'])).toEqual([])
  await snap('offline-dark')
  expect(await page.evaluate(KEPT)).toEqual(['/offline.css', '/offline.html', '/offline.js'])
  await page.getByRole('button', { name: '再试一次' }).click()
  await expect(page.getByRole('status')).toContainText('试过')
  await context.setOffline(false)
  await expect(page.getByRole('search')).toBeVisible()
  await expect(page).toHaveURL(/devices/)
})

test('a new build brings its own page and leaves nothing of the old one', async ({ page, isPhone }) => {
  test.skip(isPhone, 'nothing in it is seen')
  await openPage(page, stack(), '/')
  await expect.poll(() => page.evaluate(controlled)).toBe(true)
  // Each page of a build brings its worker; the next one comes with the next build's page.
  await page.waitForLoadState('networkidle')
  await page.evaluate(`navigator.serviceWorker.register('/sw.js?build=next')`)
  await expect.poll(() => page.evaluate('caches.keys()')).toEqual(['gobox-offline?build=next'])
  // And the page itself comes from the server at every load.
  const opened = page.waitForResponse((response) => new URL(response.url()).pathname === '/orders')
  await page.goto(`${stack().url}/orders`)
  expect((await opened).status()).toBe(200)
  expect(await page.evaluate(KEPT)).toEqual(['/offline.css', '/offline.html', '/offline.js'])
})
