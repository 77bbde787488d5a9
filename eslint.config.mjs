// @ts-check
import withNuxt from './.nuxt/eslint.config.mjs'

const PAGES = [
  'app.vue',
  'error.vue',
  'pages/**',
  'components/**',
  'composables/**',
  'layouts/**',
  'middleware/**',
  'plugins/**',
  'stores/**',
  'i18n/**',
]

/**
 * Forbids imports of whole rooms of the house, with the reason.
 * @param {...[string[], string]} patterns
 * @returns {import('eslint').Linter.RulesRecord}
 */
const forbid = (...patterns) => ({
  'no-restricted-imports': ['error', { patterns: patterns.map(([group, message]) => ({ group, message })) }],
})

export default withNuxt(
  {
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      // Virtual modules of the build have their types in a file that nothing imports.
      '@typescript-eslint/triple-slash-reference': ['error', { path: 'always' }],
      // Prettier closes them.
      'vue/html-self-closing': 'off',
      // `Promise<object | void>`: an action that has nothing to answer.
      '@typescript-eslint/no-invalid-void-type': 'off',
    },
  },
  {
    name: 'lines that fit beside each other',
    rules: {
      // Prettier wraps code; this holds comments. Texts and SQL are left as they are said.
      'max-len': [
        'error',
        {
          code: 120,
          ignoreUrls: true,
          ignoreStrings: true,
          ignoreTemplateLiterals: true,
          ignoreRegExpLiterals: true,
          // Texts in a component's i18n block.
          ignorePattern: '^ *"[^"]+": "',
        },
      ],
      'max-lines': ['error', 250],
    },
  },
  {
    name: 'the server that all API tests speak to is one class',
    files: ['tests/api/server.ts'],
    rules: { 'max-lines': ['error', 415] },
  },
  {
    name: 'functions that fit on a screen',
    // A `describe` of tests is as long as its subject.
    ignores: ['tests/**'],
    rules: { 'max-lines-per-function': ['error', { max: 40, skipBlankLines: true, skipComments: true }] },
  },
  {
    name: 'a composable or store holds its state and the short functions around it',
    files: ['composables/**', 'stores/**'],
    rules: { 'max-lines-per-function': ['error', { max: 65, skipBlankLines: true, skipComments: true }] },
  },
  {
    name: 'pages know the server by its HTTP contract only',
    files: PAGES,
    rules: forbid([
      ['**/server/**', '#server/**', '**/drizzle/**', '#drizzle/**', 'drizzle-orm*', 'better-sqlite3'],
      'This would ship the server or its schema to the browser.',
    ]),
  },
  {
    name: 'the shared contract knows neither Vue, Nitro nor the database',
    files: ['shared/**'],
    rules: forbid([
      [
        'vue',
        'h3',
        'nitropack*',
        'drizzle-orm*',
        'better-sqlite3',
        '#server/**',
        '#drizzle/**',
        '**/server/**',
        '**/drizzle/**',
      ],
      'shared/ is the contract alone.',
    ]),
  },
  {
    name: 'SQL stays in repositories and storage',
    files: ['server/**'],
    ignores: ['server/repositories/**', 'server/storage/**'],
    rules: forbid(
      [
        ['drizzle-orm*', '#drizzle/**', '**/drizzle/**', 'better-sqlite3', 'pg'],
        'Only server/repositories and server/storage know the database.',
      ],
      [
        ['**/storage/**', '!**/storage/seal.ts', '!**/storage/failure.ts'],
        'Storage is reached through the repositories; server/start.ts alone opens it.',
      ],
    ),
  },
  {
    name: 'the start opens the storage, the end closes it',
    files: ['server/start.ts', 'server/plugins/start.ts'],
    rules: forbid([
      ['drizzle-orm*', '#drizzle/**', '**/storage/sqlite/**', '**/storage/postgres/**'],
      'server/storage/open.ts picks the engine.',
    ]),
  },
  {
    name: 'repositories know the schema and the engine as an interface, no dialect',
    files: ['server/repositories/**'],
    rules: {
      ...forbid([
        [
          'drizzle-orm/*',
          'better-sqlite3',
          'pg',
          '**/drizzle/columns/**',
          '#drizzle/columns/**',
          '**/storage/*',
          '**/storage/*/**',
          '!**/storage/backups.ts',
          '!**/storage/engine.ts',
          '!**/storage/failure.ts',
          '!**/storage/seal.ts',
        ],
        'What differs between SQLite and PostgreSQL stands behind server/storage/engine.ts.',
      ]),
      'no-restricted-syntax': [
        'error',
        {
          selector: 'CallExpression[callee.property.name=/^(all|run)$/]:not([callee.object.name="Promise"])',
          message: 'Only SQLite has it: await the query.',
        },
        {
          selector: 'CallExpression[arguments.length=0][callee.property.name=/^(get|prepare|sync)$/]',
          message: 'Only SQLite has it: await the query, or use `prepared` of server/storage/engine.ts.',
        },
        { selector: 'MemberExpression[property.name="changes"]', message: 'Only SQLite has it: use `returning`.' },
      ],
    },
  },
  {
    name: 'each driver has one room',
    files: ['server/storage/**'],
    ignores: ['server/storage/sqlite/**', 'server/storage/postgres/**'],
    rules: forbid([
      ['better-sqlite3', 'pg', 'drizzle-orm/*-core', 'drizzle-orm/node-postgres'],
      'Engines are rooms of their own.',
    ]),
  },
  {
    name: 'SQLite knows nothing of PostgreSQL',
    files: ['server/storage/sqlite/**'],
    rules: forbid([
      ['pg', 'drizzle-orm/pg-core', 'drizzle-orm/node-postgres', '**/postgres/**'],
      'This is the room of SQLite.',
    ]),
  },
  {
    name: 'PostgreSQL knows nothing of SQLite',
    files: ['server/storage/postgres/**'],
    rules: forbid([
      ['better-sqlite3', 'drizzle-orm/sqlite-core', 'drizzle-orm/sqlite-proxy', '**/sqlite/**'],
      'This is the room of PostgreSQL.',
    ]),
  },
  {
    name: 'the schema imports no server code',
    files: ['drizzle/**'],
    rules: forbid([['#server/**', '**/server/**'], 'The schema knows the contract in shared/ only.']),
  },
)
