/** Whether the server can be reached. While it cannot, it is asked again until it answers. */
export const useConnectionStore = defineStore('connection', () => {
  const isLost = ref(false)
  const isOnline = useOnline()
  const { pause, resume } = useIntervalFn(probe, 5000, { immediate: false })

  async function probe() {
    await $fetch('/api/health', { retry: 0 }).then(found, () => undefined)
  }

  function lost() {
    isLost.value = true
    resume()
  }

  function found() {
    isLost.value = false
    pause()
  }

  watch(isOnline, (online) => online && isLost.value && probe())

  return { isLost: readonly(isLost), lost, found }
})
