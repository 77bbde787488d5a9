/** What a part of a page shows from the server. */
export interface Load<Answer> {
  data: Answer | undefined
  error: Error | undefined
  isBusy: boolean
  refresh: () => Promise<void>
}

/**
 * Asks the server, and again when `path` or `query` change or it can be reached again; what was there stays meanwhile.
 * `key` names it for `refreshNuxtData`.
 */
export function useLoad<Answer>(
  key: string,
  path: MaybeRefOrGetter<string>,
  query?: MaybeRefOrGetter<ApiOptions['query']>,
): Load<Answer> {
  const api = useApi()
  const connection = useConnectionStore()
  const { data, error, status, refresh } = useAsyncData(
    key,
    (_, { signal }) => api<Answer>(toValue(path), { query: toValue(query), signal }),
    { lazy: true, watch: [() => toValue(path), () => toValue(query)] },
  )
  watch(
    () => connection.isLost,
    (isLost) => isLost || refresh(),
  )
  return reactive({
    data,
    error,
    isBusy: computed(() => status.value === 'pending'),
    refresh: () => refresh(),
  }) as Load<Answer>
}
