import { spawn, type ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import { afterAll, afterEach, beforeAll, expect } from 'vitest'
import { shopGoods } from '../../sandbox/catalog.ts'
import { startSandbox, type Sandbox } from '../../sandbox/server.ts'

const built = fileURLToPath(new URL('../../.output/server/index.mjs', import.meta.url))
const startLimit = 20_000

export type Fields = Record<string, unknown>

export interface Answer<Body = Fields> {
  status: number
  headers: Headers
  body: Body
}

export interface Question {
  token?: string
  body?: unknown
  /** The body as it goes over the wire, instead of `body` as JSON. */
  raw?: string | Uint8Array
  headers?: Record<string, string>
}

/** The built server in a process of its own, with a fresh data folder and a sandbox as its upstreams. */
export class App {
  readonly folder = mkdtempSync(join(tmpdir(), 'gobox-api-'))
  url = ''
  #child: ChildProcess | undefined
  #output = ''
  #earlierOutput = ''
  #shops = 0
  /** A program and its arguments that start the server in their place, such as a tracer. */
  wrap: string[] = []

  private constructor(
    readonly sandbox: Sandbox,
    readonly settings: Record<string, string>,
  ) {}

  static async start(settings: Record<string, string> = {}): Promise<App> {
    if (!existsSync(built)) throw new Error('there is no build to test: npm run build')
    const app = new App(await startSandbox(), settings)
    app.url = `http://127.0.0.1:${await findFreePort()}`
    try {
      await app.start()
    } catch (error) {
      await app.close()
      throw error
    }
    return app
  }

  /** What the process has printed since it was last started. */
  get output() {
    return this.#output
  }

  /** What all its processes have printed, one after the other. */
  get wholeOutput() {
    return this.#earlierOutput + this.#output
  }

  async start() {
    this.#earlierOutput += this.#output
    this.#output = ''
    const inherited = Object.entries(process.env).filter(
      ([name]) => !/^(?:NUXT|NITRO)_|^(?:NODE_ENV|HOST|PORT)$/.test(name),
    )
    const [program = process.execPath, ...args] = [...this.wrap, process.execPath, built]
    const child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...Object.fromEntries(inherited),
        HOST: '127.0.0.1',
        PORT: new URL(this.url).port,
        NUXT_DATA_DIR: this.folder,
        NUXT_GOBOX_URL: this.sandbox.goboxUrl,
        NUXT_C8_ALLOWED_ORIGINS: this.sandbox.c8Url,
        // So that a test can speak from an address of its own (X-Forwarded-For).
        NUXT_TRUSTED_PROXIES: '127.0.0.1',
        ...this.settings,
      },
    })
    this.#child = child
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (this.#output += chunk))
    for (const deadline = Date.now() + startLimit; !(await this.#isHealthy()); await sleep(25)) {
      if (child.exitCode !== null || Date.now() > deadline) throw new Error(`the app did not start:\n${this.#output}`)
    }
  }

  async #isHealthy() {
    return fetch(`${this.url}/api/health`).then(
      ({ ok }) => ok,
      () => false,
    )
  }

  /** Ends the process as its owner would and starts it again on the same data. */
  async restart() {
    await this.end('SIGTERM')
    await this.start()
  }

  /** Ends the process between two instructions, as a power cut would. */
  kill9() {
    return this.end('SIGKILL')
  }

  get pid() {
    return this.#child!.pid!
  }

  /** Sends a signal that ends the process and resolves with its exit code, `null` if the signal itself ended it. */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#child
    if (!child || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null
    const ended = once(child, 'exit')
    child.kill(signal)
    await ended
    return child.exitCode
  }

  async close() {
    await this.end('SIGKILL')
    await this.sandbox.close()
    rmSync(this.folder, { recursive: true, force: true })
  }

  /** Sends a request and, on the way, holds every answer to what contract.md says of all of them. */
  async ask<Body = Fields>(request: string, { token, body, raw, headers }: Question = {}): Promise<Answer<Body>> {
    const [, method, path] = /^(\S+) (.+)$/.exec(request) as unknown as [string, string, string]
    const response = await fetch(this.url + path, {
      method,
      redirect: 'manual',
      // As bytes, to which fetch adds no content type of its own.
      body: raw === undefined && body === undefined ? undefined : Buffer.from(raw ?? JSON.stringify(body)),
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(token === undefined ? {} : { token }),
        ...headers,
      },
    })
    const text = await response.text()
    expect(response.headers.get('content-type'), `${request}: ${text}`).toMatch(/^application\/json/)
    const answer = JSON.parse(text) as Fields
    const flag = path.split('?')[0] === '/api/create_order' ? 'status' : 'state'
    if (answer[flag] === 1) expect(response.status).toBe(200)
    else {
      expect(answer, request).toEqual({ [flag]: 0, errmsg: expect.stringMatching(/[\u4E00-\u9FFF]/) })
      expect(answer.errmsg).not.toMatch(/SQLITE|\bat .+:\d+|node_modules|undefined|NaN|\[object/)
    }
    return { status: response.status, headers: response.headers, body: answer as Body }
  }

  /** Reads the database beside the process. */
  rows<Row = Fields>(sql: string, ...values: unknown[]): Row[] {
    const database = new Database(join(this.folder, 'gobox.db'), { readonly: true })
    try {
      return database.prepare(sql).all(...values) as Row[]
    } finally {
      database.close()
    }
  }

  /** Changes the database beside the process, as only time or another release would. */
  change(sql: string, ...values: unknown[]) {
    const database = new Database(join(this.folder, 'gobox.db'), { timeout: 5000 })
    try {
      return database.prepare(sql).run(...values)
    } finally {
      database.close()
    }
  }

  /** All that a refused request must leave alone. */
  snapshot() {
    const tables = [
      'set_of_books',
      'devices',
      'orders',
      'order_events',
      'import_batches',
      'import_batch_items',
      'automations',
    ]
    // When the webhook was last called is noted now and then, whatever it was called with.
    return tables.map((table) => this.rows(`SELECT * FROM ${table}`).map(({ last_webhook_at, ...row }) => row))
  }

  /** A fresh account set at C8 and at goBox, which nobody has logged in to. */
  async addSetOfBook(name = `S${String(++this.#shops).padStart(3, '0')}`) {
    const app_key = `key of ${name}`
    const gobox_user = `shop-${name}`
    await this.sandbox.control.addSetOfBooks({
      set_of_book: name,
      tax_rate: 0.03,
      vat_tax_rate: 0.13,
      gobox_user,
      app_key,
    })
    return { name, app_key, gobox_user }
  }

  /** A C8 token with this access level for the account sets. */
  async addC8Token(access_level: number | null, setsOfBooks: string[], user_name: string | undefined = '陈晓东') {
    const token = `c8-${randomUUID()}`
    await this.sandbox.control.addTokens({
      token,
      access_level,
      set_of_books: setsOfBooks,
      ...(user_name && { user_name }),
    })
    return token
  }

  /** Logs in to an account set with a fresh C8 token. */
  async logIn(setOfBook: string, accessLevel: number, userName = '陈晓东') {
    const c8Token = await this.addC8Token(accessLevel, [setOfBook], userName)
    const { status, body } = await this.logInWith(c8Token, { set_of_book: setOfBook })
    if (status !== 200) throw new Error(String(body.errmsg))
    return { token: body.token as string, c8Token }
  }

  logInWith(c8Token: string | undefined, query: Record<string, string>, headers?: Record<string, string>) {
    const given = new URLSearchParams({ url: this.sandbox.c8Url, set_of_book: 'A001', user_name: '李雪梅', ...query })
    return this.ask(`GET /api/access_token?${given}`, { token: c8Token, headers })
  }

  /** An account set that somebody with every permission has logged in to. */
  async openShop(): Promise<Shop> {
    const { name, app_key, gobox_user } = await this.addSetOfBook()
    const { token, c8Token } = await this.logIn(name, 15)
    const { body } = await this.ask('GET /api/set_of_books', { token })
    return { name, app_key, gobox_user, id: body.id as number, token, c8Token, localToken: body.token as string }
  }

  /** An account set whose goBox credentials are set, too. */
  async openShopWithCredentials(): Promise<Shop> {
    const shop = await this.openShop()
    const { status } = await this.ask(`PUT /api/set_of_books/${shop.id}`, {
      token: shop.token,
      body: { app_key: shop.app_key, user_name: shop.gobox_user },
    })
    expect(status).toBe(200)
    return shop
  }

  /** Sends an order as goBox does and returns its id. */
  async receive(shop: Shop, transId: string, changes: Fields = {}): Promise<number> {
    const { status, body } = await this.ask('POST /api/create_order', {
      token: shop.localToken,
      body: { ...orderMessage(transId), ...changes },
    })
    if (status !== 200) throw new Error(String(body.errmsg))
    return (await this.findOrder(shop, transId))!.id
  }

  async findOrder(shop: Shop, transId: string): Promise<PublicOrder | undefined> {
    const { body } = await this.ask<{ root: PublicOrder[] }>(
      `GET /api/orders?action=trade_view&trans_id=${encodeURIComponent(transId)}`,
      { token: shop.token },
    )
    return body.root[0]
  }

  async addDevice(shop: Shop, changes: Fields = {}): Promise<number> {
    const { status, body } = await this.ask('POST /api/devices', {
      token: shop.token,
      body: { ...deviceInput(), ...changes },
    })
    if (status !== 200) throw new Error(String(body.errmsg))
    return body.id as number
  }
}

export interface Shop {
  name: string
  id: number
  /** A session with every permission. */
  token: string
  c8Token: string
  /** What goBox sends to the webhook. */
  localToken: string
  app_key: string
  gobox_user: string
}

export interface PublicOrder extends Fields {
  id: number
  trans_id: string
  status: number
  import_state: string
  is_imported: boolean
}

/** One app a test file; faults and recorded calls of the sandbox are forgotten after each test. */
export function useApp(settings?: Record<string, string>): { app: App } {
  const context = {} as { app: App }
  beforeAll(async () => {
    context.app = await App.start(settings)
  })
  afterEach(async () => {
    await context.app.sandbox.control.clearFaults()
    await context.app.sandbox.control.clearCalls()
  })
  afterAll(() => context.app?.close())
  return context
}

/** An order as goBox sends it to the webhook. Its products are known to C8. */
export function orderMessage(transId: string) {
  return {
    trans_id: transId,
    status: 100,
    e_id: 'E-1',
    dev_id: 10086,
    create_time: '2026-11-20 10:00:00',
    update_time: '2026-11-20 10:00:05',
    products: [
      { barcode: shopGoods[0]!.barcode, name: '农夫山泉', num: 2, amount: 7, cost: 2.2 },
      { barcode: shopGoods[1]!.barcode, name: '怡宝', num: 1, amount: 3.5, cost: 1.8 },
    ],
  }
}

/** A device whose references are in C8's lists. */
export function deviceInput() {
  return { name: '一号柜', dev_id: 10086, store_id: 1, bank_id: 21, member_id: 61, employee_id: 41, bill_type: 0 }
}

/** The envelope of a failure whose sentence matches. */
export function failed(errmsg: RegExp = /./) {
  return { state: 0, errmsg: expect.stringMatching(errmsg) as string }
}

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
