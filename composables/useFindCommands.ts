/** What is found: where it leads, or what it does. */
export interface FindEntry {
  /** The same each time, so that it can be remembered. */
  id: string
  title: string
  detail?: string
  /** Other words that it is found by. */
  words?: string
  to?: { path: string; query?: Record<string, string | undefined> }
  run?: () => unknown
}

const SETTINGS = ['connect', 'automation', 'alerts', 'messages', 'aliases', 'rights', 'backups', 'audit', 'about']
/** What only those who may change something see. */
const OF_EDITORS = ['alerts', 'backups', 'audit']
/** As in the menu; the others follow. */
const FIRST = ['/', '/orders', '/imports', '/settlements']
const rank = (path: string) => FIRST.indexOf(path) + 1 || FIRST.length + 1
const THEMES = ['system', 'light', 'dark'] as const

/** The pages with a word in the menu, and the parts of the settings. */
function useFindPages(say: (key: FindText) => string) {
  const { t, te } = useI18n({ useScope: 'global' })
  const { can } = useSessionStore()
  void usePageTexts('settings')
  const pages = useRouter()
    .getRoutes()
    .map(({ path }) => ({ path, label: `menu.${path.slice(1) || 'overview'}` }))
    .filter(({ path, label }) => !path.includes(':') && te(label))
    .sort((a, b) => rank(a.path) - rank(b.path) || a.path.localeCompare(b.path))
  const parts = SETTINGS.filter((name) => can('edit') || !OF_EDITORS.includes(name))

  return computed<FindEntry[]>(() => [
    ...pages.map(({ path, label }) => ({ id: path, title: t(label), words: path, to: { path } })),
    ...parts
      .filter((name) => te(`settings.tab.${name}`))
      .map((name) => ({
        id: `/settings ${name}`,
        title: t(`settings.tab.${name}`),
        detail: t('menu.settings'),
        words: `${name} ${say('settings')}`,
        to: { path: '/settings', query: { tab: name } },
      })),
  ])
}

/** What can be done from every page. */
function useFindActions(say: (key: FindText) => string) {
  const { t, locale, locales, setLocale } = useI18n({ useScope: 'global' })
  const { currentRoute } = useRouter()
  const { can } = useSessionStore()
  const mode = useColorMode()
  const logOut = useLogOut()
  const { filter, sort } = useOrderFilter()
  const { save } = useExport()

  const isList = currentRoute.value.path.startsWith('/orders')
  const query = isList ? (currentRoute.value.query as Record<string, string>) : {}
  const exportAs = (format: 'xlsx' | 'csv'): FindEntry => ({
    id: `export ${format}`,
    title: `${t('export.open')} ${format === 'xlsx' ? 'Excel' : 'CSV'}`,
    detail: say(isList ? 'exportFiltered' : 'exportAll'),
    words: 'export csv excel xlsx daochu',
    run: () => save(format, isList ? filter.value : {}, isList ? sort.value : '-create_time'),
  })

  return computed<FindEntry[]>(() => [
    ...(can('create')
      ? [
          {
            id: 'download',
            title: t('download.open'),
            words: 'download xiazai',
            to: { path: '/orders', query: { ...query, download: '1' } },
          },
          {
            id: 'new cabinet',
            title: t('devices.create'),
            words: 'new cabinet xinjian',
            to: { path: '/devices', query: { configure: 'new' } },
          },
        ]
      : []),
    exportAs('xlsx'),
    exportAs('csv'),
    ...THEMES.filter((theme) => theme !== mode.preference).map((theme) => ({
      id: `theme ${theme}`,
      title: t('theme.title', { theme: t(`theme.${theme}`) }),
      words: `theme ${theme} ${say('theme')}`,
      run: () => (mode.preference = theme),
    })),
    ...locales.value
      .filter(({ code }) => code !== locale.value)
      .map(({ code, name }) => ({
        id: `language ${code}`,
        title: name!,
        detail: say('language'),
        words: 'language 语言',
        run: () => setLocale(code),
      })),
    { id: 'log out', title: t('frame.logOut'), words: 'log out tuichu', run: logOut },
  ])
}

/** The pages, and what can be done, each found by its words. */
export function useFindCommands(say: (key: FindText) => string) {
  const pages = useFindPages(say)
  const actions = useFindActions(say)
  const matching = (entries: FindEntry[], text: string) => {
    const wanted = text.toLowerCase().split(/\s+/)
    return entries.filter(({ title, detail, words }) => {
      const all = `${title} ${detail ?? ''} ${words ?? ''}`.toLowerCase()
      return wanted.every((word) => all.includes(word))
    })
  }
  return { pages, actions, matching }
}
