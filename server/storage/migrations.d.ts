/** The migrations of each engine, put into the build (nuxt.config.ts). */
declare module '#migrations/*' {
  import type { MigrationMeta } from 'drizzle-orm/migrator'

  const migrations: MigrationMeta[]
  export default migrations
}
