import type { RequestListener, Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { once } from 'node:events'
import { afterEach, expect } from 'vitest'
import { createLimitedServer } from '../../../server/http/limited-server.ts'
import { RawConnection, readAnswer } from '../../api/security/raw.ts'

export type Limits = NonNullable<Parameters<typeof createLimitedServer>[1]>

/** What every failure is told in. */
export const envelope = {
  state: 0,
  errmsg: expect.stringMatching(/[\u4E00-\u9FFF]/) as string,
  code: expect.stringMatching(/^[a-z_]+$/) as string,
}

/** The answers on one connection, of which none is as long as the buffer of a socket. */
export function readAnswers(text: string) {
  return text
    .split(/(?=HTTP\/1\.1 \d{3} )/)
    .map(readAnswer)
    .map(({ status, body }) => ({ status, body: JSON.parse(body) as object }))
}

/** Our HTTP server alone, one for each test, and raw connections to it. */
export function useLimitedServer() {
  let server: Server
  const connections: RawConnection[] = []

  afterEach(() => {
    for (const connection of connections.splice(0)) connection.destroy()
    server.close()
    server.closeAllConnections()
  })

  /** A server that answers at once, without reading the body. */
  async function serve(
    limits: Limits = {},
    listener: RequestListener = (_, response) => response.end('{"state":1}'),
  ): Promise<string> {
    server = createLimitedServer(listener, { checkEvery: 50, ...limits }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  function connect(url: string, from?: string) {
    const connection = new RawConnection(url, from)
    connections.push(connection)
    return connection
  }

  return { serve, connect }
}
