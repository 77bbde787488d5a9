import pg from 'pg'

const { builtins } = pg.types

/**
 * Numbers come as numbers: bigint columns hold ids, fen and milliseconds, which all fit, and their sums are numeric.
 * What is larger than 2^53 loses digits, as it does in SQLite's driver.
 */
export function setTypeParsers() {
  pg.types.setTypeParser(builtins.INT8, Number)
  pg.types.setTypeParser(builtins.NUMERIC, Number)
}

/** As the driver's own types, but JSON stays text. */
export const jsonAsText: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format: 'text') =>
    oid === builtins.JSON ? (text: string) => text : pg.types.getTypeParser(oid, format)) as never,
}
