import { execFile } from 'node:child_process'
import { describe, expect, it } from 'vitest'

const MODULE = new URL('../../../../server/log/log.ts', import.meta.url).href

/** The entries that a process of its own writes which runs this and then exits at once. */
async function entriesOf(script: string): Promise<Record<string, unknown>[]> {
  const source = `import { log, logRequestLine } from ${JSON.stringify(MODULE)}\n${script}\nprocess.exit(1)`
  const { promise, resolve } = Promise.withResolvers<string>()
  execFile(
    process.execPath,
    ['--input-type=module', '--eval', source],
    { env: { ...process.env, NODE_ENV: 'production' } },
    (_, stdout) => resolve(stdout),
  )
  return (await promise)
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
}

describe('the log', () => {
  it('writes what it was given in the order it came, also when the process exits at once', async () => {
    const entries = await entriesOf(
      `logRequestLine({ id: 'a "quoted"\\n', token: 'secret' }); log.fatal({ err: new Error('no disk') }, 'lost'); logRequestLine({ id: 'b' })`,
    )
    expect(entries).toEqual([
      {
        level: 'info',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]{12}Z$/),
        id: 'a "quoted"\n',
        token: '…',
        msg: 'request',
      },
      { level: 'fatal', time: expect.any(String), err: expect.objectContaining({ message: 'no disk' }), msg: 'lost' },
      { level: 'info', time: expect.any(String), id: 'b', msg: 'request' },
    ])
  })

  it('writes what came just before an error that nobody caught', async () => {
    const entries =
      await entriesOf(`process.on('uncaughtException', (err) => { log.fatal({ err }, 'uncaughtException'); process.exit(1) })
      setTimeout(() => { logRequestLine({ id: 'last' }); throw new Error('broken') }, 20)
      await new Promise(resolve => setTimeout(resolve, 1000))`)
    expect(entries.map(({ msg }) => msg)).toEqual(['request', 'uncaughtException'])
  })
})
