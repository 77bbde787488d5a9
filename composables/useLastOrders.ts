import type { LocationQueryRaw } from 'vue-router'

/** How the order list was left, for as long as the tab stays: the menu leads back to it. */
export const useLastOrders = createGlobalState(() => shallowRef<LocationQueryRaw>({}))
