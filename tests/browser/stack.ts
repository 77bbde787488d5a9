import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findFreePort } from '../../sandbox/free-port.ts'
import { startSandbox, type Sandbox } from '../../sandbox/server.ts'
import { cabinetsOf, timeText } from '../../sandbox/shop.ts'
import type { Order } from '../../sandbox/state.ts'
import { askApp, startApp } from '../../scripts/demo/app.ts'

const day = 86_400_000

/** A built app on a data folder of its own, with a sandbox as its goBox and C8. */
export interface Stack {
  url: string
  sandbox: Sandbox
  /** What C8's menu opens. */
  link: (account?: { set_of_book?: string; user_name?: string; c8Token?: string }) => string
  /** One of the app's own routes, as the shop's owner. */
  ask: <Result>(method: string, path: string, body?: unknown) => Promise<Result>
  /** Hands orders to the webhook, as goBox does. */
  deliver: (...orders: Order[]) => Promise<void>
  stop: () => Promise<void>
}

/** `files` lie in the data folder when the app starts, by their names; with a NUXT_DATABASE_URL there is none. */
export async function startStack(
  settings: Record<string, string> = {},
  files: Record<string, string> = {},
): Promise<Stack> {
  const dataFolder = mkdtempSync(join(tmpdir(), 'gobox-browser-'))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dataFolder, name), text)
  const sandbox = await startSandbox()
  const app = startApp(await findFreePort(), {
    ...(settings.NUXT_DATABASE_URL ? {} : { NUXT_DATA_DIR: dataFolder }),
    NUXT_GOBOX_URL: sandbox.goboxUrl,
    NUXT_C8_ALLOWED_ORIGINS: sandbox.c8Url,
    NUXT_UPSTREAM_TIMEOUT: '2000',
    ...settings,
  })
  await app.ready()
  const link: Stack['link'] = ({
    set_of_book = 'A001',
    user_name = '陈晓东',
    c8Token = `c8-token-${set_of_book}`,
  } = {}) => `${app.url}/login?${new URLSearchParams({ url: sandbox.c8Url, set_of_book, user_name })}#token=${c8Token}`
  const { token, localToken } = await setUp(app.url, sandbox)
  return {
    url: app.url,
    sandbox,
    link,
    ask: (method, path, body) => askApp(app.url, token, method, path, body),
    deliver: async (...orders) => {
      for (const order of orders) await askApp(app.url, localToken, 'POST', '/api/create_order', order)
    },
    stop: async () => {
      await app.stop()
      await sandbox.close()
      rmSync(dataFolder, { recursive: true, force: true })
    },
  }
}

/** Account set A001 with its credentials and all cabinets but the last. */
async function setUp(url: string, sandbox: Sandbox) {
  const login = new URLSearchParams({ url: sandbox.c8Url, set_of_book: 'A001', user_name: '陈晓东' })
  const { token } = await askApp<{ token: string }>(url, 'c8-token-A001', 'GET', `/api/access_token?${login}`)
  const settings = await askApp<{ id: number; token: string }>(url, token, 'GET', '/api/set_of_books')
  await askApp(url, token, 'PUT', `/api/set_of_books/${settings.id}`, {
    app_key: 'sandbox-key-A001',
    user_name: 'shop-a',
  })
  for (const { name, dev_id } of cabinetsOf.A001!.slice(0, -1)) {
    await askApp(url, token, 'POST', '/api/devices', {
      name,
      dev_id,
      store_id: 2,
      bank_id: 21,
      member_id: 62,
      employee_id: 41,
      bill_type: 0,
    })
  }
  return { token, localToken: settings.token }
}

/** A known barcode, one that C8 does not know, and a cabinet that is not configured. */
export const water = { barcode: '6921168000012', name: '农夫山泉 饮用天然水 550ml', num: 2, amount: 4, cost: 2.2 }
export const bread = { barcode: '6971234000173', name: '社区烘焙 红豆面包 90g', num: 1, amount: 6.8, cost: 4.3 }
export const unconfigured = cabinetsOf.A001!.at(-1)!.dev_id

/** A paid order of so many days ago. */
export function orderOf(trans_id: string, change: Partial<Order> & { daysAgo?: number } = {}): Order {
  const { daysAgo = 0, ...rest } = change
  const time = timeText(Date.now() - daysAgo * day - 60_000)
  return {
    trans_id,
    status: 100,
    e_id: `E-${trans_id}`,
    dev_id: 10081,
    create_time: time,
    update_time: time,
    products: [water],
    ...rest,
  }
}
