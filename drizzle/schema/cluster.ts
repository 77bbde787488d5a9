import { bigint, integer, table, text } from '#drizzle/columns/kit'

/**
 * The processes that run on this database, where there may be several. Each raises its own counter, and the others
 * watch it by their own clocks: those of two machines may differ.
 */
export const nodes = table('nodes', {
  id: text().primaryKey(),
  beats: bigint().notNull(),
})

/** What one node does for all; it becomes free with its node. */
export const duties = table('duties', {
  name: text().primaryKey(),
  nodeId: text('node_id')
    .notNull()
    .references(() => nodes.id, { onDelete: 'cascade' }),
})

/** Failures by whom they come from, counted for all nodes; the columns are those of rate-limiter-flexible. */
export const failures = table('failures', {
  key: text().primaryKey(),
  points: integer().notNull().default(0),
  expire: bigint(),
})

/** When something that one of several nodes does now and then was last done. */
export const dutyMarks = table('duty_marks', {
  name: text().primaryKey(),
  at: bigint().notNull(),
})
