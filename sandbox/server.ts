import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { answerC8, c8Step } from './c8.ts'
import { SandboxControl } from './client.ts'
import { answerControl } from './control.ts'
import type { Call } from './fault-model.ts'
import { answer, latencyOf, takeFault } from './faults.ts'
import { answerGobox, goboxStep } from './gobox.ts'
import { documentsPage } from './page.ts'
import { createState, type SandboxState, type Settings } from './state.ts'

/** Older calls are forgotten so that a long benchmark does not fill the memory; the counts stay exact. */
const keptCalls = 20_000

export interface Sandbox {
  url: string
  goboxUrl: string
  c8Url: string
  state: SandboxState
  /** Works in this process, without HTTP. */
  control: SandboxControl
  close: () => Promise<void>
}

export async function startSandbox(options: { port?: number; settings?: Partial<Settings> } = {}): Promise<Sandbox> {
  const state = createState(options.settings)
  const server = createServer((request, response) => {
    handle(state, request, response).catch((error: unknown) => {
      if (!response.headersSent) response.writeHead(500)
      response.end(String(error))
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(options.port ?? 0, '127.0.0.1', resolve)
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const close = () =>
    new Promise<void>((resolve) => {
      state.generation += 1
      server.close(() => resolve())
      server.closeAllConnections()
    })
  return { url, goboxUrl: `${url}/gobox`, c8Url: url, state, control: SandboxControl.of(state), close }
}

async function handle(state: SandboxState, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method = 'GET' } = request
  const { pathname: path, search, searchParams: query } = new URL(request.url ?? '/', 'http://sandbox')
  const body = parse(await readText(request))
  if (path === '/') {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(documentsPage(state))
    return
  }
  if (path.startsWith('/_control/')) {
    const { status, body: result } = answerControl(state, path.slice('/_control/'.length), body)
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(result ?? null))
    return
  }
  const token = String(request.headers.token ?? '')
  const isGobox = path.startsWith('/gobox/')
  const step =
    path === '/redirected'
      ? 'redirected'
      : isGobox
        ? goboxStep(method, path.slice('/gobox'.length))
        : c8Step({ method, path, query })
  const call: Call = { step, method, path: path + search, token, body, time: Date.now() }
  record(state, call)
  const work = () =>
    isGobox ? answerGobox(state, step, body) : answerC8(state, step, { method, path, query, token, body })
  const encode = isGobox && state.settings.numeric_ids ? encodeNumericIds : JSON.stringify
  const latency = latencyOf(state, step)
  if (latency > 0) await sleep(latency)
  await answer({ state, request, response, call, work, encode }, takeFault(state, call))
}

function record(state: SandboxState, call: Call): void {
  state.counts[call.step] = (state.counts[call.step] ?? 0) + 1
  state.calls.push(call)
  if (state.calls.length > 2 * keptCalls) state.calls.splice(0, keptCalls)
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}

/** A body that is not JSON stays text, and the upstreams refuse it. */
function parse(text: string): unknown {
  if (text === '') return undefined
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

// Not in TypeScript's library yet.
const { rawJSON } = JSON as unknown as { rawJSON: (text: string) => unknown }

function encodeNumericIds(body: unknown): string {
  return JSON.stringify(body, (key, value: unknown) =>
    ['trans_id', 'e_id', 'barcode'].includes(key) && /^[1-9]\d*$/.test(String(value)) ? rawJSON(String(value)) : value,
  )
}
