import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import { LRUCache } from 'lru-cache'
import { networkOf, plainAddress } from './client-address.ts'

/** How many connections there may be: in all, and from a network (see `networkOf`). */
interface ConnectionLimits {
  maxConnections: number
  maxPerAddress: number
  /** Addresses that speak for many, to which `maxPerAddress` does not apply. */
  exempt: ReadonlySet<string>
}

interface Connection {
  socket: Socket
  address: string
  /** `null`: of an address that speaks for many. */
  network: string | null
  /** Requests that are not answered yet. */
  asking: number
  /** Whether it ever carried a whole request. */
  hasAsked: boolean
  /** Whether it carried a message with a good local token. */
  isGoboxs: boolean
}

const DAY = 24 * 3_600_000
const MAX_GOBOX_ADDRESSES = 1000

const known = new WeakMap<Socket, Connection>()
/** Where goBox's messages came from lately. */
const goboxAddresses = new LRUCache<string, true>({ max: MAX_GOBOX_ADDRESSES, ttl: DAY })

/** Notes that the connection has brought a message with a good local token. */
export function noteGobox(socket: Socket) {
  const connection = known.get(socket)
  if (!connection || connection.isGoboxs) return
  connection.isGoboxs = true
  goboxAddresses.set(connection.address, true)
}

/** Notes a request, until `noteAnswer`. Returns how many of the connection are unanswered. */
export function noteRequest(socket: Socket): number {
  const connection = known.get(socket)
  if (!connection) return 1
  connection.hasAsked = true
  return ++connection.asking
}

/** Notes that a request is answered. */
export function noteAnswer(socket: Socket) {
  const connection = known.get(socket)
  if (connection) connection.asking--
}

/** Which gives way first, from the lowest on; what has a request under way never does. */
const RANK = { stranger: 0, strangerBetween: 1, fromGobox: 2, fromGoboxBetween: 3, gobox: 4, busy: Infinity }
const HIGHEST = RANK.gobox

function rank({ address, asking, hasAsked, isGoboxs }: Connection): number {
  if (asking > 0) return RANK.busy
  if (isGoboxs) return RANK.gobox
  if (goboxAddresses.has(address)) return hasAsked ? RANK.fromGoboxBetween : RANK.fromGobox
  return hasAsked ? RANK.strangerBetween : RANK.stranger
}

/**
 * The places for connections. Where they are full, a silent one goes for the one that comes: what has not asked
 * anything yet, then what waits between two requests, the oldest first. Strangers never push out what is goBox's, and
 * requests of others than goBox are fewer than the places (see admission.ts), so that goBox always finds one.
 */
class Places {
  readonly #open = new Set<Connection>()
  /** How many connections each network has. */
  readonly #counts = new Map<string, number>()
  readonly #limits: ConnectionLimits

  constructor(limits: ConnectionLimits) {
    this.#limits = limits
  }

  /** Takes a connection in, for which another may have to go. Returns whether there is a place. */
  admit(socket: Socket): boolean {
    const { maxConnections, maxPerAddress, exempt } = this.#limits
    const address = plainAddress(socket.remoteAddress ?? '')
    const network = exempt.has(address) ? null : networkOf(address)
    const isPrivileged = network === null || goboxAddresses.has(address)
    if (network !== null && (this.#counts.get(network) ?? 0) >= maxPerAddress) {
      const own = [...this.#open].filter((connection) => connection.network === network)
      if (!this.#makeRoom(own, HIGHEST)) return false
    }
    const highest = isPrivileged ? HIGHEST : RANK.strangerBetween
    if (this.#open.size >= maxConnections && !this.#makeRoom(this.#open, highest)) return false
    const connection = { socket, address, network, asking: 0, hasAsked: false, isGoboxs: false }
    known.set(socket, connection)
    this.#open.add(connection)
    if (network !== null) this.#counts.set(network, (this.#counts.get(network) ?? 0) + 1)
    socket.once('close', () => this.#remove(connection))
    return true
  }

  /** Ends the connection that gives way first, the oldest of equal ones. Returns whether there was one. */
  #makeRoom(candidates: Iterable<Connection>, highest: number): boolean {
    let first: Connection | undefined
    let lowest = RANK.busy
    for (const connection of candidates) {
      const own = rank(connection)
      if (own >= lowest) continue
      ;[first, lowest] = [connection, own]
      if (own === RANK.stranger) break
    }
    if (!first || lowest > highest) return false
    this.#remove(first)
    first.socket.destroy()
    return true
  }

  #remove(connection: Connection) {
    const { network } = connection
    if (!this.#open.delete(connection) || network === null) return
    const left = this.#counts.get(network)! - 1
    if (left > 0) this.#counts.set(network, left)
    else this.#counts.delete(network)
  }
}

/** Bounds the server's connections. */
export function limitConnections(server: Server, limits: ConnectionLimits) {
  const places = new Places(limits)
  server.on('connection', (socket: Socket) => {
    if (!places.admit(socket)) socket.destroy()
  })
}
