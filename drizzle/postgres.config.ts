import { defineConfig } from 'drizzle-kit'

// What drizzle/columns/kit.ts chooses by.
process.env.NUXT_DATABASE_URL ??= 'postgres://'

export default defineConfig({
  dialect: 'postgresql',
  schema: './drizzle/schema/*.ts',
  out: './drizzle/migrations/postgres',
  casing: 'snake_case',
})
