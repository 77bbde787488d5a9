import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { readMigrations } from './drizzle/migrations'

const root = fileURLToPath(new URL('.', import.meta.url))
const describeApi = () =>
  execFileSync(process.execPath, [`${root}scripts/openapi.ts`, '--print'], { encoding: 'utf8', maxBuffer: 2 ** 24 })

export default defineNuxtConfig({
  compatibilityDate: '2026-11-01',
  srcDir: '.',
  ssr: false,
  telemetry: false,
  devtools: { enabled: false },
  modules: ['@element-plus/nuxt', '@pinia/nuxt', '@vueuse/nuxt', '@nuxtjs/i18n', '@nuxtjs/color-mode', '@nuxt/eslint'],
  css: ['~/assets/theme.css', '~/assets/print.css'],
  alias: { '#drizzle': `${root}drizzle` },
  app: {
    head: {
      title: 'goBox',
      htmlAttrs: { lang: 'zh-CN' },
      meta: [
        { name: 'viewport', content: 'width=device-width, initial-scale=1' },
        { name: 'color-scheme', content: 'light dark' },
      ],
      link: [
        { rel: 'icon', href: '/favicon.svg', type: 'image/svg+xml' },
        { rel: 'apple-touch-icon', href: '/apple-touch-icon.png' },
        { rel: 'manifest', href: '/manifest.webmanifest' },
      ],
    },
  },
  // A page's code is fetched when the pointer or the focus comes near its link, not with the first load.
  experimental: {
    appManifest: false,
    defaults: { nuxtLink: { prefetchOn: { visibility: false, interaction: true } } },
  },
  colorMode: { classSuffix: '', storageKey: 'gobox.theme', disableTransition: true },
  elementPlus: { importStyle: 'css', themes: ['dark'] },
  i18n: {
    strategy: 'no_prefix',
    defaultLocale: 'zh',
    locales: [
      { code: 'zh', language: 'zh-CN', name: '中文', file: 'zh.json' },
      { code: 'en', language: 'en', name: 'English', file: 'en.json' },
    ],
    // Shops speak Chinese whatever their browser says; who wants English chooses it once (plugins/locale.ts).
    detectBrowserLanguage: false,
    // The texts are compiled by the build.
    bundle: { dropMessageCompiler: true },
  },
  vite: {
    resolve: { alias: { '@ctrl/tinycolor': `${root}assets/no-tinycolor.ts` } },
    // Neither the pages nor Element Plus have components of Vue's older kind.
    define: { __VUE_OPTIONS_API__: 'false' },
  },
  typescript: { strict: true },
  nitro: {
    compressPublicAssets: true,
    // The Node that comes with the app; for older ones private fields would become slow look-ups.
    esbuild: { options: { target: 'node24' } },
    errorHandler: '~~/server/error-handler',
    // Server code names what it uses, so that it runs the same under vitest and in plain scripts.
    imports: false,
    // Hundreds of small files take longer to load than one large one.
    externals: { inline: ['drizzle-orm', 'zod', 'lru-cache', 'hookable', 'ufo'] },
    virtual: {
      '#migrations/sqlite': () => `export default ${JSON.stringify(readMigrations('sqlite'))}`,
      // Made of the routes in a process of its own: it imports all of them.
      '#openapi': () => `export default ${JSON.stringify(describeApi())}`,
      '#migrations/postgres': () => `export default ${JSON.stringify(readMigrations('postgres'))}`,
    },
  },
  // Development keeps Nuxt's own.
  $production: { nitro: { entry: `${root}server/entry.ts` } },
  hooks: {
    'nitro:init': (nitro) => {
      // The pages translate in the browser; the server's half of i18n would only cost a quarter of each request.
      nitro.options.plugins = nitro.options.plugins.filter((plugin) => !plugin.includes('@nuxtjs/i18n'))
      nitro.options.handlers = nitro.options.handlers.filter(({ handler }) => !handler.includes('@nuxtjs/i18n'))
      nitro.options.virtual['#api-routes'] = () =>
        `export default ${JSON.stringify(
          nitro.scannedHandlers
            .filter(({ route, method }) => route?.startsWith('/api/') && method)
            .map(({ route, method }) => ({ route, method })),
        )}`
    },
  },
})
