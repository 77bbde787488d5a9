import { fileURLToPath } from 'node:url'
import { readMigrationFiles } from 'drizzle-orm/migrator'

const root = fileURLToPath(new URL('.', import.meta.url))

export default defineNuxtConfig({
  compatibilityDate: '2026-11-01',
  srcDir: '.',
  ssr: false,
  telemetry: false,
  devtools: { enabled: false },
  modules: ['@element-plus/nuxt', '@pinia/nuxt', '@vueuse/nuxt', '@nuxt/eslint'],
  alias: { '#drizzle': `${root}drizzle` },
  elementPlus: { importStyle: 'css', themes: ['dark'] },
  typescript: { strict: true },
  nitro: {
    errorHandler: '~~/server/error-handler',
    // Server code names what it uses, so that it runs the same under vitest and in plain scripts.
    imports: false,
    virtual: {
      '#migrations': () => `export default ${JSON.stringify(readMigrationFiles({ migrationsFolder: `${root}drizzle/migrations` }))}`,
    },
  },
  // Development keeps Nuxt's own.
  $production: { nitro: { entry: `${root}server/entry.ts` } },
  hooks: {
    'nitro:init': (nitro) => {
      nitro.options.virtual['#api-routes'] = () => `export default ${JSON.stringify(nitro.scannedHandlers
        .filter(({ route, method }) => route?.startsWith('/api/') && method)
        .map(({ route, method }) => ({ route, method })))}`
    },
  },
})
