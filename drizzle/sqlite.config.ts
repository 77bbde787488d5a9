import { defineConfig } from 'drizzle-kit'

// What drizzle/columns/kit.ts chooses by.
delete process.env.NUXT_DATABASE_URL

export default defineConfig({
  dialect: 'sqlite',
  schema: './drizzle/schema/*.ts',
  out: './drizzle/migrations/sqlite',
  casing: 'snake_case',
})
