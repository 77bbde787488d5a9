import { createHash } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { useApp } from '../server.ts'

const world = useApp({ NUXT_C8_ALLOWED_ORIGINS: 'https://c8.example.com,https://erp.example.cn:8443' })
let page: Response
let html: string
let policy: Record<string, string[]>

beforeAll(async () => {
  page = await fetch(world.app.url)
  html = await page.text()
  policy = Object.fromEntries(
    page.headers
      .get('content-security-policy')!
      .split('; ')
      .map((part) => {
        const [name, ...sources] = part.split(' ')
        return [name, sources]
      }),
  )
})

describe('a page', () => {
  it('lets only its own scripts run, the inline ones by their hashes', () => {
    expect(policy['script-src']).toContain("'self'")
    expect(policy['script-src']!.join(' ')).not.toMatch(/unsafe|\*|https?:|data:|blob:/)
    const inline = [...html.matchAll(/<script([^>]*)>([\s\S]*?)<\/script>/g)].filter(
      ([, attributes]) => !/\ssrc=|application\/json/.test(attributes!),
    )
    expect(inline.length).toBeGreaterThan(0)
    for (const [, , script] of inline)
      expect(policy['script-src']).toContain(`'sha256-${createHash('sha256').update(script!).digest('base64')}'`)
  })

  it('takes everything else from here or from nowhere, and may be framed by C8 only', () => {
    expect(policy).toMatchObject({
      'default-src': ["'self'"],
      'connect-src': ["'self'"],
      'worker-src': ["'self'"],
      'manifest-src': ["'self'"],
      'object-src': ["'none'"],
      'base-uri': ["'none'"],
      'form-action': ["'self'"],
      'frame-ancestors': ["'self'", 'https://c8.example.com', 'https://erp.example.cn:8443'],
    })
    expect(page.headers.get('x-frame-options')).toBeNull()
  })

  it('does not tell where it was, what made it, or let devices be used', () => {
    expect(page.headers.get('referrer-policy')).toBe('no-referrer')
    expect(page.headers.get('x-powered-by')).toBeNull()
    expect(page.headers.get('permissions-policy')).toMatch(/camera=\(\)/)
  })

  it('is the same whatever was asked for, so that nobody can put a script into it', async () => {
    for (const path of [
      '/orders',
      '/login?token=<script>alert(1)</script>',
      '/%3Cscript%3Ealert(1)%3C/script%3E',
      '/x?__proto__[a]=1',
    ]) {
      const response = await fetch(world.app.url + path, { headers: { 'x-forwarded-host': '<script>' } })
      expect(await response.text(), path).toBe(html)
      expect(response.headers.get('content-security-policy'), path).toBe(page.headers.get('content-security-policy'))
    }
  })
})

describe('a file beside the pages', () => {
  it('that stands in while the server is away can do no more than ask for it again, in no frame', async () => {
    const { headers } = await fetch(`${world.app.url}/offline.html`)
    expect(headers.get('content-security-policy')).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; " +
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    )
  })

  it('tells search engines to stay away', async () => {
    const robots = await fetch(`${world.app.url}/robots.txt`)
    expect(robots.headers.get('content-type')).toMatch(/^text\/plain/)
    expect(await robots.text()).toBe('User-agent: *\nDisallow: /\n')
  })
})

describe('every answer', () => {
  const paths = async () => [
    '/',
    '/api/health',
    '/api/devices',
    '/api/none',
    '/_nuxt/none.js',
    /src="(\/_nuxt\/[^"]+\.js)"/.exec(html)![1]!,
  ]

  it('is what its type says', async () => {
    for (const path of await paths())
      expect((await fetch(world.app.url + path)).headers.get('x-content-type-options'), path).toBe('nosniff')
  })

  it('of the API is kept nowhere and can be nothing but data', async () => {
    for (const path of ['/api/health', '/api/devices', '/api/none', '/API/x', '/api/access_token']) {
      const { headers } = await fetch(world.app.url + path)
      expect(headers.get('cache-control'), path).toBe('no-store')
      expect(headers.get('content-security-policy'), path).toBe("default-src 'none'; frame-ancestors 'none'")
    }
  })

  it('asks for TLS for good only where it came through TLS', async () => {
    const hsts = async (headers: Record<string, string>) =>
      (await fetch(world.app.url, { headers })).headers.get('strict-transport-security')
    expect(await hsts({})).toBeNull()
    expect(await hsts({ 'x-forwarded-proto': 'http' })).toBeNull()
    expect(await hsts({ 'x-forwarded-proto': 'https' })).toBe('max-age=31536000')
  })
})

describe('without a trusted proxy', () => {
  const other = useApp({ NUXT_TRUSTED_PROXIES: '', NUXT_C8_ALLOWED_ORIGINS: '' })

  it('nobody can claim TLS, and without C8 nobody may frame the pages', async () => {
    const { headers } = await fetch(other.app.url, { headers: { 'x-forwarded-proto': 'https' } })
    expect(headers.get('strict-transport-security')).toBeNull()
    expect(headers.get('content-security-policy')).toMatch(/frame-ancestors 'self'$/)
    expect(headers.get('x-frame-options')).toBe('SAMEORIGIN')
  })
})
