/** What stands in a cell; times in milliseconds, money in fen. `null`: nothing. */
type Cell = string | number | null

/** What a column holds. Ids are text, whatever they look like, also once somebody edits them. */
export type Kind = 'text' | 'id' | 'number' | 'money' | 'time'

/** How a column looks. */
export interface Heading {
  title: string
  kind: Kind
  /** In characters, where its kind needs another width than usual. */
  width?: number
}

export interface Column<Source> extends Heading {
  value: (source: Source) => Cell
}

/** How a file format writes a cell (`undefined`: an empty one) and what stands after it. */
export interface CellWriter {
  cell: Record<Kind, (value: never) => string>
  empty: string
  separator: string
}

/** A row's cells, each with the separator after it. */
export function writeCells<Source>(
  columns: Column<Source>[],
  source: Source,
  { cell, empty, separator }: CellWriter,
): string {
  let text = ''
  for (const { kind, value } of columns) {
    const content = value(source)
    text += (content === null ? empty : cell[kind](content as never)) + separator
  }
  return text
}
