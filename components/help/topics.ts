/** The pages that have a help panel, by their part of the texts (i18n/help). */
export type HelpTopic =
  'overview' | 'orders' | 'imports' | 'devices' | 'settlements' | 'reports' | 'products' | 'settings'
