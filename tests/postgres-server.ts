import process from 'node:process'
import { PostgresServer } from '../sandbox/postgres.ts'

/** Starts the server of all tests on PostgreSQL, unless TEST_DATABASE_URL names one that is there. */
export default async function startServer() {
  if (process.env.TEST_DATABASE_URL) return
  const server = await PostgresServer.start({ settings: { max_connections: '400' } })
  process.env.TEST_DATABASE_URL = server.url()
  return () => server.stop()
}
