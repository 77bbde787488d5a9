import { spawn, type ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, expect } from 'vitest'
import { shopGoods } from '../../sandbox/catalog.ts'
import type { ErrorParams } from '../../shared/error-codes.ts'
import { expectSayable } from '../failure-texts.ts'
import { expectDescribed } from './described.ts'
import { findFreePort } from '../../sandbox/free-port.ts'
import { startSandbox, type Sandbox } from '../../sandbox/server.ts'
import { makeDatabase, type TestDatabase } from './database.ts'

export const built = fileURLToPath(new URL('../../.output/server/index.mjs', import.meta.url))
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
  readonly #database: TestDatabase
  readonly #isNode: boolean
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
    database?: TestDatabase,
  ) {
    this.#isNode = database !== undefined
    this.#database = database ?? makeDatabase(this.folder)
  }

  static async start(settings: Record<string, string> = {}): Promise<App> {
    if (!existsSync(built)) throw new Error('there is no build to test: npm run build')
    return App.#run(new App(await startSandbox(), settings))
  }

  /** Starts another node on this one's database and upstreams. */
  async startNode(settings: Record<string, string> = {}): Promise<App> {
    return App.#run(new App(this.sandbox, { ...this.settings, ...settings }, this.#database))
  }

  static async #run(app: App): Promise<App> {
    app.url = `http://127.0.0.1:${await findFreePort()}`
    try {
      await app.start()
    } catch (error) {
      await app.close()
      throw error
    }
    return app
  }

  /** Where its database is, on PostgreSQL. */
  get databaseUrl(): string | undefined {
    return this.#database.settings.NUXT_DATABASE_URL
  }

  /** The secret key that is given to it, on PostgreSQL. */
  get secretKey(): string | undefined {
    return this.#database.settings.NUXT_SECRET_KEY
  }

  /** What the process has printed since it was last started. */
  get output() {
    return this.#output
  }

  /** What all its processes have printed, one after the other. */
  get wholeOutput() {
    return this.#earlierOutput + this.#output
  }

  /** Starts the process and waits until `path` is answered well. */
  async start(path = '/api/health') {
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
        ...this.#database.settings,
        NUXT_GOBOX_URL: this.sandbox.goboxUrl,
        NUXT_C8_ALLOWED_ORIGINS: this.sandbox.c8Url,
        // So that a test can speak from an address of its own (X-Forwarded-For).
        NUXT_TRUSTED_PROXIES: '127.0.0.1',
        ...this.settings,
      },
    })
    this.#child = child
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (this.#output += chunk))
    for (const deadline = Date.now() + startLimit; !(await this.#answers(path)); await sleep(25)) {
      if (child.exitCode !== null || Date.now() > deadline) throw new Error(`the app did not start:\n${this.#output}`)
    }
  }

  async #answers(path: string) {
    return fetch(this.url + path).then(
      ({ ok }) => ok,
      () => false,
    )
  }

  /** Ends the process as its owner would and starts it again on the same data. */
  async restart() {
    await this.end('SIGTERM')
    await this.start()
  }

  /** Sends a signal that does not end the process: SIGSTOP, SIGCONT. */
  signal(name: NodeJS.Signals) {
    this.#child!.kill(name)
  }

  /** Ends the process between two instructions, as a power cut would. */
  kill9() {
    return this.end('SIGKILL')
  }

  get pid() {
    return this.#child!.pid!
  }

  /** The end of the process's standard output that this process reads. */
  get stdout() {
    return this.#child!.stdout!
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
    if (!this.#isNode) {
      await this.sandbox.close()
      this.#database.remove()
    }
    rmSync(this.folder, { recursive: true, force: true })
  }

  /** Sends a request and, on the way, holds every answer to what docs/api.md says of all of them. */
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
    // Old front ends find both names in the webhook's answers.
    const isOld = flag === 'status' && this.settings.NUXT_LEGACY_STATUS === 'true'
    if (isOld) expect(answer.state, text).toBe(answer.status)
    if (answer[flag] === 1) expect(response.status).toBe(200)
    else {
      const { params = {}, ...envelope } = answer
      expectSayable(String(answer.errmsg), String(answer.code), params as ErrorParams, request)
      expect(envelope, request).toEqual({
        [flag]: 0,
        ...(isOld ? { state: 0 } : {}),
        errmsg: expect.stringMatching(/[\u4E00-\u9FFF]/),
        code: expect.stringMatching(/^[a-z][a-z0-9]*(?:_[a-z0-9]+)*$/),
      })
      expect(answer.errmsg).not.toMatch(/SQLITE|SQLSTATE|postgres:|\bat .+:\d+|node_modules|undefined|NaN|\[object/)
    }
    const status = Number(response.headers.get('x-status') ?? response.status)
    expectDescribed({ method, url: this.url + path }, status, answer)
    return { status: response.status, headers: response.headers, body: answer as Body }
  }

  /** Reads the database beside the process. */
  rows<Row = Fields>(sql: string, ...values: unknown[]): Row[] {
    return this.#database.rows<Row>(sql, values)
  }

  /** Changes the database beside the process, as only time or another release would. */
  change(sql: string, ...values: unknown[]) {
    this.#database.change(sql, values)
  }

  /** Makes the database refuse new rows of a table, where `condition` on NEW holds. Returns how to end it. */
  refuseRows(table: string, condition: string): () => void {
    return this.#database.refuseRows(table, condition)
  }

  /** Everything that is stored, as it lies there: each part with its name. */
  stored(): [name: string, content: Buffer | string][] {
    return this.#database.stored()
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
    // When the webhook was last called, and when C8's look-up was last checked, is noted beside what is asked.
    return tables.map((table) =>
      this.rows(`SELECT * FROM ${table} ORDER BY 1, 2`).map(({ last_webhook_at, lookup_checked_at, ...row }) => row),
    )
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
    await this.#awaitSelfCheck(c8Token)
    return { token: body.token as string, c8Token }
  }

  /**
   * The check that comes with a log-in must not be counted among the calls of a test, nor take a fault meant for it.
   */
  async #awaitSelfCheck(c8Token: string) {
    for (const deadline = Date.now() + 2000; Date.now() < deadline; await sleep(5)) {
      const calls = this.sandbox.state.calls.filter((call) => call.token === c8Token)
      if (calls.some(({ path, status, fault }) => path.includes('self-check-') && (status ?? fault) !== undefined))
        return
    }
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

/** The envelope of a failure whose sentence matches, and whose code is this one. */
export function failed(errmsg: RegExp = /./, code?: string) {
  const envelope = { state: 0, errmsg: expect.stringMatching(errmsg) as string }
  return expect.objectContaining(code === undefined ? envelope : { ...envelope, code }) as Fields
}
