interface Wanted {
  /** The cabinet's number at goBox. */
  devId: number
  /** What comes after; else the orders that waited for the cabinet are offered to be imported. */
  onSaved?: () => void
}

/**
 * The cabinet to configure, wherever it was missed: the form opens over the page (layouts/default.vue), so that nobody
 * has to find the way back.
 */
export const useConfigure = createGlobalState(() => {
  const wanted = shallowRef<Wanted>()
  return {
    wanted,
    configure: (devId: number, onSaved?: () => void) => (wanted.value = { devId, onSaved }),
  }
})

/** The cabinet whose missing configuration is the reason. */
export function unconfiguredIn({ code, params }: Pick<Told, 'code' | 'params'>): number | undefined {
  return code === 'device_unconfigured' ? Number(params?.dev_id) : undefined
}
