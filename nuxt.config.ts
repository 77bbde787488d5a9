export default defineNuxtConfig({
  compatibilityDate: '2026-11-01',
  srcDir: '.',
  ssr: false,
  telemetry: false,
  devtools: { enabled: false },
  modules: ['@element-plus/nuxt', '@pinia/nuxt', '@vueuse/nuxt', '@nuxt/eslint'],
  elementPlus: { importStyle: 'css', themes: ['dark'] },
  typescript: { strict: true },
})
