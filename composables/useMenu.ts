import type { Component } from 'vue'
import type { RouteLocationRaw } from 'vue-router'
import { DataAnalysis, Grid, Setting, Tickets, Upload } from '@element-plus/icons-vue'
import type { Permission } from '#shared/permissions'

interface Entry {
  to: string
  icon: Component
  label: string
  permission: Permission
  /** On a phone behind 更多, as there is room for five and that. */
  rare?: boolean
}

/** Drawn here, as each icon of the set costs the first load more. */
const drawn = (path: string) => () =>
  h(
    'svg',
    { viewBox: '0 0 24 24', fill: 'none', stroke: 'currentColor', 'stroke-width': 1.8, 'stroke-linecap': 'round' },
    [h('path', { d: path })],
  )
const Settled = drawn('M4 4h16v16H4zM8 12l3 3 5-6')
const Reported = drawn('M4 4v16h16M9 16v-4M14 16V8M19 16v-6')
const Sold = drawn('M4 8l8-4 8 4v8l-8 4-8-4zM4 8l8 4 8-4M12 12v8')
const More = drawn('M5 12h.01M12 12h.01M19 12h.01')

const entries: Entry[] = [
  { to: '/', icon: DataAnalysis, label: 'menu.overview', permission: 'view' },
  { to: '/orders', icon: Tickets, label: 'menu.orders', permission: 'view' },
  { to: '/imports', icon: Upload, label: 'menu.imports', permission: 'view' },
  { to: '/settlements', icon: Settled, label: 'menu.settlements', permission: 'view' },
  { to: '/reports', icon: Reported, label: 'menu.reports', permission: 'view', rare: true },
  { to: '/products', icon: Sold, label: 'menu.products', permission: 'view', rare: true },
  { to: '/devices', icon: Grid, label: 'menu.devices', permission: 'view' },
  { to: '/settings', icon: Setting, label: 'menu.settings', permission: 'view', rare: true },
]

/** The pages that the menu leads to, by what the session may do and the width of the screen. */
export function useMenu() {
  const session = useSessionStore()
  const isPhone = usePhone()
  const route = useRoute()
  const lastOrders = useLastOrders()
  const permitted = computed(() => entries.filter(({ permission }) => session.can(permission)))
  /** Back to the orders as they were left; from them to all of them. */
  const linkTo = (to: string): RouteLocationRaw =>
    to === '/orders' && route.path !== to ? { path: to, query: lastOrders.value } : to
  const shown = computed(() => permitted.value.filter(({ rare }) => !rare || !isPhone.value))
  const rest = computed(() => permitted.value.filter((entry) => !shown.value.includes(entry)))
  return { shown, rest, linkTo, More }
}
