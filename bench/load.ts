import autocannon from 'autocannon'

export interface Load {
  url: string
  headers?: Record<string, string>
  connections: number
  seconds: number
  /** Requests a second over all connections; as many as go, by default. */
  rate?: number
  method?: 'GET' | 'POST'
  body?: () => string
}

/** Requests a second and latencies in milliseconds; `failed` counts everything but 2xx. */
export interface LoadResult {
  rate: number
  p50: number
  p99: number
  max: number
  failed: number
}

/** Sends requests for some seconds and measures the answers. */
export async function runLoad({
  url,
  headers = {},
  connections,
  seconds,
  rate,
  method = 'POST',
  body,
}: Load): Promise<LoadResult> {
  const result = await autocannon({
    url,
    connections,
    duration: seconds,
    overallRate: rate,
    method,
    headers: { 'content-type': 'application/json', ...headers },
    requests: body ? [{ method, setupRequest: (request) => ({ ...request, body: body() }) }] : undefined,
  })
  return {
    rate: result.requests.average,
    p50: result.latency.p50,
    p99: result.latency.p99,
    max: result.latency.max,
    failed: result.non2xx + result.errors + result.timeouts,
  }
}

let count = 0
const time = (at: number) => new Date(at + 8 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ')

/** A webhook message as goBox sends it, each for another order; two product lines. */
export function newMessage(): string {
  const number = ++count
  const at = time(Date.UTC(2026, 10, 20) + number * 37)
  return JSON.stringify({
    trans_id: `T20261120${process.pid}${String(number).padStart(9, '0')}`,
    status: 100,
    e_id: `E${number}`,
    dev_id: 10_000 + (number % 100),
    create_time: at,
    update_time: at,
    products: [
      { barcode: '6901234567892', name: '农夫山泉 550ml', num: 2, amount: 4, cost: 2.4 },
      { barcode: '6920459989463', name: '康师傅冰红茶 500ml', num: 1, amount: 3.5, cost: 2.1 },
    ],
  })
}
