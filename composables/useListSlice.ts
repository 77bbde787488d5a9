/** The rows of a list that are drawn; `before` and `after` is the room in pixels that the others would take. */
export interface ListSlice {
  first: number
  last: number
  before: number
  after: number
}

/** So many rows are all drawn, for the browser's own search, for printing and for screen readers. */
const ALL = 100

/** Of a long list only the rows in sight are drawn, as `ListWindow` finds them; of a short one all are. */
export function useListSlice<Row extends { id: number }>(rows: () => readonly Row[]) {
  const slice = ref<ListSlice>({ first: 0, last: ALL, before: 0, after: 0 })
  const isLong = computed(() => rows().length > ALL)
  const first = computed(() => (isLong.value ? slice.value.first : 0))
  return reactive({
    slice,
    isLong,
    first,
    keys: computed(() => rows().map(({ id }) => id)),
    drawn: computed(() => (isLong.value ? rows().slice(first.value, slice.value.last) : rows())),
    before: computed(() => (isLong.value ? slice.value.before : 0)),
    after: computed(() => (isLong.value ? slice.value.after : 0)),
  })
}
