export interface Notice {
  type: 'warning' | 'danger'
  text: string
  /** The one button that mends it. */
  action?: { label: string; to: string }
}

/** What the banner line under the top bar has to say: one notice a topic. */
export const useNoticesStore = defineStore('notices', () => {
  const notices = ref<Record<string, Notice>>({})

  /** Sets a topic's notice, or takes it away. */
  function tell(topic: string, notice: Notice | null) {
    const { [topic]: _, ...rest } = notices.value
    notices.value = notice ? { ...rest, [topic]: notice } : rest
  }

  /** The gravest first. */
  const first = computed(() => Object.values(notices.value).sort((a, b) => a.type.localeCompare(b.type))[0])

  return { first, tell }
})
