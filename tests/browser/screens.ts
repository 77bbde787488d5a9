/**
 * The screens that axe looks at in every language and theme: the page, an address of it, and what it shows when ready.
 */
export const SCREENS: { page: string; path: string; shown: string }[] = [
  { page: 'index.vue', path: '/', shown: 'figure svg' },
  { page: 'imports/index.vue', path: '/imports', shown: '.batch-list' },
  { page: 'devices/index.vue', path: '/devices', shown: '.unconfigured' },
  { page: 'devices/index.vue', path: '/devices?configure=1', shown: '.el-dialog input' },
  { page: 'devices/[id].vue', path: '/devices/1', shown: 'h2' },
  { page: 'settlements/index.vue', path: '/settlements', shown: '[data-date]' },
  { page: 'reports.vue', path: '/reports', shown: 'figure svg' },
  { page: 'reports.vue', path: '/reports?by=hour', shown: '.chart-heat' },
  { page: 'products.vue', path: '/products', shown: '.product-unknown li' },
  { page: 'settings.vue', path: '/settings', shown: 'pre' },
  ...['automation', 'messages', 'rights', 'audit'].map((tab) => ({
    page: 'settings.vue',
    path: `/settings?tab=${tab}`,
    shown: '.settings-section li, .settings-section form',
  })),
  { page: '[...path].vue', path: '/nowhere', shown: 'h1' },
]

/** Pages that axe looks at where something is done with them. */
export const CHECKED_IN: Record<string, string> = {
  'login.vue': 'accessibility.spec.ts',
  'orders.vue': 'accessibility.spec.ts',
  'orders/[id].vue': 'accessibility.spec.ts',
  'imports/[id].vue': 'pages-accessibility.spec.ts',
  'settlements/[date].vue': 'settlements.spec.ts',
  'api-reference.vue': 'operate.spec.ts',
}
