interface JobFailure {
  id: number
  label: string
  reason: string
}

/** Work on many things, under way or just done: its panel tells how far it is, and afterwards what failed and why. */
export interface Job {
  id: string
  kind: OrderAction
  total: number
  done: number
  failures: JobFailure[]
  state: 'running' | 'done' | 'stopped'
  /** Why it could not go on. */
  trouble?: string
  stop?: () => void
  /** The import's own page. */
  to?: string
}

interface Followed {
  batch: number
  total: number
  set_of_book: string
}

const CONCURRENCY = 4

/** The running jobs outlive the page that began them; imports, which the server runs, outlive a reload too. */
export const useJobsStore = defineStore('jobs', () => {
  const api = useApi()
  const session = useSessionStore()
  const jobs = ref<Job[]>([])
  const followed = useSessionStorage<Followed[]>('gobox.imports', [])
  const followBatch = useBatchFollow()
  let following = new AbortController()
  let sequence = 0

  function begin(job: Pick<Job, 'kind' | 'total' | 'stop' | 'to'>): Job {
    const id = `job-${sequence++}`
    jobs.value.unshift({ ...job, id, done: 0, failures: [], state: 'running' })
    return jobs.value[0]!
  }

  function end(job: Job, state: 'done' | 'stopped') {
    job.state = state
    job.stop = undefined
    void refreshOrders()
  }

  /** Begins `work` for each item, a few at a time, until all are done or it is stopped. */
  function runEach<Item extends { id: number }>(
    kind: OrderAction,
    items: Item[],
    label: (item: Item) => string,
    work: (item: Item) => Promise<unknown>,
  ) {
    let isStopped = false
    const job = begin({ kind, total: items.length, stop: () => (isStopped = true) })
    const queue = items.values()
    void Promise.all(
      Array.from({ length: CONCURRENCY }, async () => {
        for (const item of queue) {
          await work(item).catch((error: unknown) =>
            job.failures.push({ id: item.id, label: label(item), reason: messageOf(error) }),
          )
          job.done++
          if (isStopped) break
        }
      }),
    ).then(() => end(job, job.done < job.total ? 'stopped' : 'done'))
  }

  /** Has the server import these orders, or all that match, and follows it; throws where the server does not begin. */
  async function importOrders(orders: number[] | OrderFilter, kind: 'import' | 'retry' = 'import') {
    const body = Array.isArray(orders) ? { ids: orders } : { filter: orders }
    const { id, total } = await api<{ id: number; total: number }>('/api/imports', { method: 'POST', body })
    followed.value.push({ batch: id, total, set_of_book: session.current!.set_of_book })
    void refreshOrders()
    void follow(id, total, kind)
  }

  async function follow(batch: number, total: number, kind: 'import' | 'retry') {
    const job = begin({ kind, total, to: `/imports/${batch}` })
    const { signal } = following
    try {
      await followBatch(
        batch,
        ({ total, pending, failures }) => {
          job.done = total - pending
          job.failures = failures.map(({ order_id, trans_id, errmsg }) => ({
            id: order_id,
            label: trans_id,
            reason: errmsg,
          }))
        },
        signal,
      )
      if (signal.aborted) return
      forget(batch)
      end(job, 'done')
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) forget(batch)
      job.trouble = messageOf(error)
      job.state = 'stopped'
    }
  }

  function forget(batch: number) {
    followed.value = followed.value.filter((one) => one.batch !== batch)
  }

  /** Takes up the imports that ran when the page was reloaded or the session ended. */
  function resume() {
    for (const { batch, total, set_of_book } of followed.value) {
      if (set_of_book === session.current?.set_of_book) void follow(batch, total, 'import')
    }
  }

  function dismiss(id: string) {
    jobs.value = jobs.value.filter((job) => job.id !== id)
  }

  // Another account set's work is none of this one's business; its imports go on at the server.
  watch(
    () => session.current?.token,
    () => {
      for (const job of jobs.value) job.stop?.()
      following.abort()
      following = new AbortController()
      jobs.value = []
      resume()
    },
    { immediate: true },
  )

  return { jobs, runEach, importOrders, dismiss }
})
