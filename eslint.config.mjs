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
      // `Promise<object | void>`: an action that has nothing to answer.
      '@typescript-eslint/no-invalid-void-type': 'off',
    },
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
    name: 'SQL stays in repositories and db',
    files: ['server/**'],
    ignores: ['server/repositories/**', 'server/db/**'],
    rules: forbid([
      ['drizzle-orm*', '#drizzle/**', '**/drizzle/**', 'better-sqlite3'],
      'Only server/repositories and server/db know the database.',
    ]),
  },
)
