/** The migrations of drizzle/migrations, put into the build (nuxt.config.ts). */
declare module '#migrations' {
  import type { MigrationMeta } from 'drizzle-orm/migrator'

  const migrations: MigrationMeta[]
  export default migrations
}

/** The routes of server/api, but for the one that takes what is left. */
declare module '#api-routes' {
  const routes: { route: string; method: string }[]
  export default routes
}
