import type { OrderAction } from '#shared/job-rules'
import type { Job, JobDetail } from '#shared/jobs'

/** A job under way or just ended: its panel tells how far it is, and afterwards what failed and why. */
export interface FollowedJob {
  id: number
  action: OrderAction
  /** `undefined` until the server has told it. */
  now?: JobDetail
  /** Why it could not be followed any further. */
  trouble?: string
}

/**
 * The server runs the jobs; the panels of those that this user has asked for come back with every page that is opened.
 */
export const useJobsStore = defineStore('jobs', () => {
  const api = useApi()
  const session = useSessionStore()
  const jobs = ref<FollowedJob[]>([])
  let following = new AbortController()

  /** Has the server do this with these orders, or all that match, and follows it; throws where it does not begin. */
  async function start(action: OrderAction, orders: number[] | OrderFilter) {
    const chosen = Array.isArray(orders) ? { ids: orders } : { filter: orders }
    const body = { kind: action, skip_refused: 1, ...chosen }
    const { id } = await api<{ id: number }>('/api/jobs', { method: 'POST', body })
    void refreshOrders()
    void follow(id, action)
  }

  async function follow(id: number, action: OrderAction) {
    if (jobs.value.some((job) => job.id === id)) return
    jobs.value.unshift({ id, action })
    const job = jobs.value[0]!
    const { signal } = following
    try {
      const { follow } = await import('~/composables/job/follow')
      const show = (now: JobDetail) => (job.now = now)
      await follow(`/api/jobs/${id}`, api, session.headersOf(), show, signal)
    } catch (error) {
      job.trouble = messageOf(error)
    }
    if (!signal.aborted) void refreshOrders()
  }

  /** What has not begun is left as it is. */
  const cancel = (id: number) => api<{ count: number }>(`/api/jobs/${id}/cancel`, { method: 'POST' })

  /** Follows what this user has running: begun before a reload, or in another tab. */
  async function resume() {
    const { root } = await api<Page<Job>>('/api/jobs', { query: { open: 1 } })
    for (const { id, kind, automatic, created_user: user } of root)
      if (!automatic && user === session.current?.user_name) void follow(id, kind)
  }

  function dismiss(id: number) {
    jobs.value = jobs.value.filter((job) => job.id !== id)
  }

  // Another account set's work is none of this one's business; it goes on at the server.
  watch(
    () => session.current && JSON.stringify([session.current.set_of_book, session.current.since]),
    (account) => {
      following.abort()
      following = new AbortController()
      jobs.value = []
      if (account && session.can('view')) void resume().catch(() => undefined)
    },
    { immediate: true },
  )

  return { jobs, start, follow, cancel, dismiss }
})
