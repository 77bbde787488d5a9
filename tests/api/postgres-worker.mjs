import { workerData } from 'node:worker_threads'
import pg from 'pg'

/* Runs statements for a thread that waits for their answers (postgres-queries.ts), and shows values as SQLite does. */

const { port, signal } = workerData
const { builtins } = pg.types
pg.types.setTypeParser(builtins.INT8, Number)
pg.types.setTypeParser(builtins.NUMERIC, Number)
pg.types.setTypeParser(builtins.JSON, (text) => text)
pg.types.setTypeParser(builtins.BOOL, (text) => (text === 't' ? 1 : 0))

const clients = new Map()

async function clientOf(url) {
  if (!clients.has(url)) {
    const client = new pg.Client({ connectionString: url, query_timeout: 20_000 })
    client.on('error', () => clients.delete(url))
    await client.connect()
    clients.set(url, client)
  }
  return clients.get(url)
}

async function answer({ url, sql, values }) {
  try {
    let count = 0
    const client = await clientOf(url)
    const { rows } = await client.query(
      sql.replace(/\?/g, () => `$${++count}`),
      values,
    )
    return { rows }
  } catch (error) {
    return { error: `${error.message} (${sql})` }
  }
}

port.on('message', async (question) => {
  if (question === 'close') {
    await Promise.all([...clients.values()].map((client) => client.end()))
    return port.close()
  }
  port.postMessage(await answer(question))
  Atomics.store(signal, 0, 1)
  Atomics.notify(signal, 0)
})
