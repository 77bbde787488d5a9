import type { OrderRow } from '#shared/orders'

/** Where an open order stands in the list: the ids before and behind it. */
export interface OrderNeighbours {
  previous?: number
  next?: number
}

interface OrderKeys {
  rows: Readonly<Ref<OrderRow[]>>
  selection: OrderSelection
  openId: Readonly<Ref<string | undefined>>
  actionable: Readonly<Ref<boolean>>
  show: (id: number) => void
}

const rowWith = (target: EventTarget | null) => (target as Element | null)?.closest?.<HTMLElement>('[data-order]')

/** `j` and `k` go through the list, or from one open order to the next; `x` chooses; `?` tells all keys. */
export function useOrderKeys({ rows, selection, openId, actionable, show }: OrderKeys) {
  const isHelping = ref(false)
  const neighbours = computed<OrderNeighbours>(() => {
    const index = rows.value.findIndex(({ id }) => String(id) === openId.value)
    return index < 0 ? {} : { previous: rows.value[index - 1]?.id, next: rows.value[index + 1]?.id }
  })

  /** From the row with the focus, or to the first in sight. */
  function move(step: 1 | -1) {
    const drawn = [...document.querySelectorAll<HTMLElement>('[data-order]')]
    const current = rowWith(document.activeElement)
    const inSight = () => drawn.find((row) => row.getBoundingClientRect().top >= TOP)
    const wanted = current ? drawn[drawn.indexOf(current) + step] : inSight()
    wanted?.querySelector('a')?.focus({ preventScroll: true })
    wanted?.scrollIntoView({ block: 'nearest' })
  }

  function step(by: 1 | -1) {
    if (openId.value === undefined) return move(by)
    const id = by > 0 ? neighbours.value.next : neighbours.value.previous
    if (id !== undefined) show(id)
  }

  const KEYS: Record<string, (event: KeyboardEvent) => void> = {
    j: () => step(1),
    k: () => step(-1),
    x: ({ target }) => {
      const order = rows.value.find(({ id }) => String(id) === rowWith(target)?.dataset.order)
      if (order && actionable.value) selection.toggle(order)
    },
    '?': () => (isHelping.value = true),
  }

  onKeyStroke(Object.keys(KEYS), (event) => {
    const isElsewhere = (event.target as Element).closest('.el-dialog, .el-message-box, .el-popper')
    if (isElsewhere || isTyping(event)) return
    event.preventDefault()
    KEYS[event.key]!(event)
  })

  return { neighbours, isHelping }
}

/** Under the top bar and the table's head. */
const TOP = 96
