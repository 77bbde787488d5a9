import { NodePgDatabase, NodePgSession, type NodePgClient } from 'drizzle-orm/node-postgres'
import { PgDialect, type PgPreparedQuery, type PreparedQueryConfig } from 'drizzle-orm/pg-core'
import type { Tx } from '../engine.ts'
import type { Runner } from './session.ts'

type None = Record<string, never>

const pgDialect = new PgDialect()

/** Drizzle's session, but errors come as they are: its own wrap them together with the statement and its values. */
class PlainSession extends NodePgSession<None, None> {
  override prepareQuery<T extends PreparedQueryConfig = PreparedQueryConfig>(
    ...args: Parameters<NodePgSession<None, None>['prepareQuery']>
  ): PgPreparedQuery<T> {
    const query = super.prepareQuery(...args)
    const queryWithCache = (_sql: string, _params: unknown[], run: () => Promise<unknown>) => run()
    return Object.assign(query, { queryWithCache }) as PgPreparedQuery<T>
  }
}

const runners = new WeakMap<object, Runner>()

/** Drizzle's builder on a connection, or on whatever else runs statements. */
export function makeBuilder(runner: Runner): Tx {
  const session = new PlainSession(runner as unknown as NodePgClient, pgDialect, undefined)
  const builder = new NodePgDatabase(pgDialect, session as never, undefined) as unknown as Tx
  runners.set(builder, runner)
  return builder
}

/** What runs a builder's statements. */
export function runnerOf(builder: object): Runner {
  return runners.get(builder)!
}
