import type { C8List, Device } from '#shared/devices'

/** The list of C8 that each reference of a device points into. */
export const DEVICE_REFERENCES = {
  store_id: 'stores',
  bank_id: 'banks',
  member_id: 'members',
  employee_id: 'employees',
} as const satisfies Partial<Record<keyof Device, C8List>>
export type DeviceReference = keyof typeof DEVICE_REFERENCES

export interface C8Item {
  id: number
  name: string
}

const PAGE = 1000
/** A shop may have very many members; what is not among these shows its number. */
const MAX_PAGES = 3

/** One of C8's lists, page by page or by a part of the name. */
export function useC8List() {
  const api = useApi()
  return async (list: C8List, query: { name?: string; start?: number; limit?: number }, signal?: AbortSignal) => {
    const { total, root } = await api<Page<{ id: number | string; name: string | null }>>(`/api/${list}`, {
      query,
      signal,
    })
    return { total, root: root.map(({ id, name }): C8Item => ({ id: Number(id), name: name ?? `#${id}` })) }
  }
}

/** The names of what devices refer to; where C8 does not tell them, their numbers, and `error` says why. */
export function useC8Names(devices: MaybeRefOrGetter<Pick<Device, DeviceReference>[]>) {
  const fetchList = useC8List()
  const names = reactive<Record<C8List, Record<number, string>>>({ stores: {}, banks: {}, members: {}, employees: {} })
  const error = ref('')

  function learn(list: C8List, items: C8Item[]) {
    for (const { id, name } of items) names[list][id] = name
  }

  async function find(list: C8List, wanted: number[]) {
    const isMissing = () => wanted.some((id) => names[list][id] === undefined)
    for (let page = 0; page < MAX_PAGES && isMissing(); page++) {
      const { total, root } = await fetchList(list, { start: page * PAGE, limit: PAGE })
      learn(list, root)
      if ((page + 1) * PAGE >= total) break
    }
  }

  async function load() {
    const references = Object.entries(DEVICE_REFERENCES) as [DeviceReference, C8List][]
    try {
      await Promise.all(
        references.map(([field, list]) =>
          find(
            list,
            toValue(devices).map((device) => device[field]),
          ),
        ),
      )
      error.value = ''
    } catch (cause) {
      error.value = messageOf(cause)
    }
  }

  watch(() => toValue(devices), load, { immediate: true })

  return reactive({
    nameOf: (field: DeviceReference, id: number) => names[DEVICE_REFERENCES[field]][id] ?? `#${id}`,
    learn,
    error: readonly(error),
  })
}

export type C8Names = ReturnType<typeof useC8Names>
