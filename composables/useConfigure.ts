interface Wanted {
  /** The cabinet's number at goBox. */
  devId: number
  /** What comes after; else the orders that waited for the cabinet are offered to be imported. */
  onSaved?: () => void
}

/** The cabinet to configure, wherever it was missed: the form opens over the page (layouts/default.vue), so that nobody has to find the way back. */
export const useConfigure = createGlobalState(() => {
  const wanted = shallowRef<Wanted>()
  return {
    wanted,
    configure: (devId: number, onSaved?: () => void) => (wanted.value = { devId, onSaved }),
  }
})

/** The cabinet that the server's reason names as not configured (“货柜 10088 还没有配置…”). */
export function unconfiguredIn(reason: string | null): number | undefined {
  const devId = /^货柜 (\d+) 还没有配置/.exec(reason ?? '')?.[1]
  return devId === undefined ? undefined : Number(devId)
}
