import { readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { expect, it } from 'vitest'

const folder = fileURLToPath(new URL('../../../drizzle', import.meta.url))

const files = [...readdirSync(join(folder, 'schema')).map((name) => `schema/${name}`), 'totals.ts']

/** The tables of all files as they are with PostgreSQL's columns, as files whose names begin with `prefix`. */
function withPostgres(prefix: string, change = (text: string) => text): Record<string, string> {
  return Object.fromEntries(
    files.map((file) => {
      const text = readFileSync(join(folder, file), 'utf8')
        .replace('#drizzle/columns/kit', '#drizzle/columns/postgres')
        .replaceAll(/from '(\.\/(?:schema\/)?)([\w-]+\.ts)'/g, `from '$1${prefix}$2'`)
      return [renamed(prefix, file), change(text)]
    }),
  )
}

const renamed = (prefix: string, file: string) => join(dirname(file), prefix + basename(file))

const check = (prefix: string) => `
${files.map((file, index) => `import * as sqlite${index} from './${file}'`).join('\n')}
${files.map((file, index) => `import * as postgres${index} from './${renamed(prefix, file)}'`).join('\n')}

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
type Plain<T> = { [K in keyof T]: T[K] }
type Table = { $inferSelect: object; $inferInsert: object }
/** The names of the tables that differ. */
type Differing<A, B> = {
  [N in keyof A & keyof B]: A[N] extends Table
    ? B[N] extends Table
      ? Equal<
          [Plain<A[N]['$inferSelect']>, Plain<A[N]['$inferInsert']>],
          [Plain<B[N]['$inferSelect']>, Plain<B[N]['$inferInsert']>]
        > extends true ? never : N
      : N
    : never
}[keyof A & keyof B]

const differing: never[] = [] as (
${files.map((_, index) => `  | Differing<typeof sqlite${index}, typeof postgres${index}>`).join('\n')}
)[]
export default differing
`

/** What the compiler says of each file that checks. */
function compile(sources: Record<string, string>): Record<string, string> {
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ESNext,
    module: ts.ModuleKind.Preserve,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    strict: true,
    skipLibCheck: true,
    noEmit: true,
    allowImportingTsExtensions: true,
    types: ['node'],
  }
  const host = ts.createCompilerHost(options)
  const virtual = new Map(Object.entries(sources).map(([name, text]) => [join(folder, name), text]))
  const { fileExists, readFile, getSourceFile } = host
  host.fileExists = (path) => virtual.has(path) || fileExists(path)
  host.readFile = (path) => virtual.get(path) ?? readFile(path)
  host.getSourceFile = (path, language, ...rest) =>
    virtual.has(path) ? ts.createSourceFile(path, virtual.get(path)!, language) : getSourceFile(path, language, ...rest)
  const checks = Object.keys(sources).filter((name) => name.startsWith('check'))
  const program = ts.createProgram(
    checks.map((name) => join(folder, name)),
    options,
    host,
  )
  const verdict = (name: string) =>
    ts
      .getPreEmitDiagnostics(program, program.getSourceFile(join(folder, name)))
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))
      .join('\n')
  return Object.fromEntries(checks.map((name) => [name, verdict(name)]))
}

it('gives every table the same types for select and insert on both engines, and would name one that differs', () => {
  const unlike = (text: string) => text.replace("devId: bigint('dev_id').notNull()", "devId: bigint('dev_id')")
  const verdicts = compile({
    ...withPostgres('postgres-'),
    ...withPostgres('other-', unlike),
    'check-same.ts': check('postgres-'),
    'check-other.ts': check('other-'),
  })
  expect(verdicts).toEqual({ 'check-same.ts': '', 'check-other.ts': expect.stringContaining('"devices"') as string })
})
