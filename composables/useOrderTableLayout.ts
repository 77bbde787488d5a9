/** What a column needs at least, in pixels with its padding, and its part of the room that is left. */
const WIDTHS: Record<OrderColumn, [width: number, growth: number]> = {
  create_time: [116, 0],
  device: [112, 2],
  products: [168, 4],
  total_amount: [104, 0],
  status: [104, 0],
  import_state: [136, 4],
  update_time: [116, 0],
  e_id: [128, 1],
  created_at: [116, 0],
  created_user: [96, 0],
  imported_at: [116, 0],
  imported_user: [96, 0],
}

/** Where there is no room for all columns, these go into a line under the order, the first of them first. */
const FOLDED_FIRST: OrderColumn[] = [
  'imported_user',
  'created_user',
  'imported_at',
  'created_at',
  'update_time',
  'e_id',
  'products',
  'create_time',
  'device',
  'status',
]

/** A digit of the monospaced face, and what stands beside a number: padding and the button that copies it. */
const DIGIT = 7.9
const BESIDE_ID = 40
const [SHORTEST_ID, LONGEST_ID] = [12, 32]
const SMALLEST_ID = 96

export interface OrderTableLayout {
  /** Of the order's number. */
  idWidth: number
  columns: { name: OrderColumn; width: number }[]
  /** What stands in a line under the order. */
  folded: OrderColumn[]
}

/**
 * Which of the chosen columns stand side by side in `room` pixels, and how wide each is; the order's number, its amount
 * and its import always do.
 */
export function layOutOrders(chosen: OrderColumn[], room: number, idLength: number): OrderTableLayout {
  const wanted = Math.ceil(Math.min(LONGEST_ID, Math.max(SHORTEST_ID, idLength)) * DIGIT) + BESIDE_ID
  let shown = ORDER_COLUMNS.filter((name) => chosen.includes(name))
  const free = () => room - wanted - shown.reduce((sum, name) => sum + WIDTHS[name][0], 0)
  for (const name of FOLDED_FIRST) {
    if (free() >= 0) break
    shown = shown.filter((other) => other !== name)
  }
  const rest = Math.max(0, free())
  const growth = shown.reduce((sum, name) => sum + WIDTHS[name][1], 0)
  return {
    idWidth: Math.max(SMALLEST_ID, wanted + Math.min(0, free())) + (growth === 0 ? rest : 0),
    columns: shown.map((name) => ({
      name,
      width: WIDTHS[name][0] + (growth === 0 ? 0 : Math.floor((rest * WIDTHS[name][1]) / growth)),
    })),
    folded: ORDER_COLUMNS.filter((name) => chosen.includes(name) && !shown.includes(name)),
  }
}
