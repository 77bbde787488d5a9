/** The rooms of the pages. */
const PAGES = '^(app\\.vue|error\\.vue|pages|components|composables|layouts|middleware|plugins|stores|i18n)(/|$)'

/**
 * Forbids imports from one set of rooms into another.
 * @param {string} name what holds, as a sentence
 * @param {string} from rooms that the rule is about
 * @param {string[]} to rooms that they must not import
 */
const forbid = (name, from, to) => ({
  name,
  severity: 'error',
  from: { path: from },
  to: { path: to, pathNot: from },
})

/** The arrows between the rooms (docs/architecture.md, The rooms). */
export default {
  forbidden: [
    { name: 'no import leads back to where it came from', severity: 'error', from: {}, to: { circular: true } },
    forbid('shared/ is the contract alone', '^shared/', ['^(server|drizzle|sandbox|scripts|tests)/', PAGES]),
    forbid('the schema knows no server code', '^drizzle/', ['^(server|sandbox|scripts|tests)/', PAGES]),
    forbid('pages know the server by its API only', PAGES, ['^(server|drizzle|sandbox|scripts|tests)/']),
    forbid('the server knows neither pages nor tools', '^server/', ['^(sandbox|scripts|tests|bench)/', PAGES]),
    forbid('the sandbox knows nothing of the app', '^sandbox/', ['^(server|drizzle|scripts|tests|bench)/', PAGES]),
    forbid('storage knows no one above it', '^server/storage/', [
      '^server/(api|auth|connectors|http|middleware|plugins|repositories|serializers|services)/',
    ]),
    forbid('repositories know storage alone', '^server/repositories/', [
      '^server/(api|auth|connectors|http|middleware|plugins|serializers|services)/',
    ]),
    forbid('connectors know their upstream alone', '^server/connectors/', [
      '^server/(api|auth|http|middleware|plugins|repositories|serializers|services|storage)/',
    ]),
    forbid('services answer no requests', '^server/services/', [
      '^server/(api|auth|http|middleware|plugins|serializers)/',
    ]),
    forbid('the log knows no one', '^server/log/', [
      '^server/(api|auth|connectors|middleware|plugins|repositories|serializers|services|storage)/',
    ]),
    {
      name: 'repositories know storage as an interface',
      severity: 'error',
      from: { path: '^server/repositories/' },
      to: { path: '^server/storage/', pathNot: '^server/storage/(backups|engine|failure|seal)\\.ts$' },
    },
    {
      name: 'storage is reached through the repositories',
      severity: 'error',
      from: { path: '^server/', pathNot: '^server/(storage/|repositories/|start\\.ts|plugins/start\\.ts)' },
      to: { path: '^server/storage/', pathNot: '^server/storage/(seal|failure)\\.ts$' },
    },
    forbid('SQLite has one room', '^server/(?!storage/sqlite/)', ['node_modules/better-sqlite3/']),
    forbid('PostgreSQL has one room', '^server/(?!storage/postgres/)', ['node_modules/pg/']),
    forbid('only repositories and storage know the database', '^server/(?!repositories/|storage/)', [
      '^drizzle/',
      'node_modules/(drizzle-orm|better-sqlite3|pg)/',
    ]),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(\\.nuxt|\\.output)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.tests.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.mjs', '.vue', '.js'],
      conditionNames: ['import', 'node', 'default'],
    },
  },
}
