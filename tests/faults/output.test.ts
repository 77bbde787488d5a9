import { spawnSync } from 'node:child_process'
import { closeSync, constants, mkdtempSync, openSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { orderMessage, useApp } from '../api/server.ts'
import { eventually, tryToSend } from './setup.ts'

const LONGEST_STOP = 8000

// Makes a bug in the running app: an error that nobody catches.
const bug = `data:text/javascript,${encodeURIComponent(`
  process.on('SIGUSR2', () => { throw new Error('a bug nobody caught') })
`)}`

const context = useApp({ NODE_OPTIONS: `--import=${bug}` })

const folder = mkdtempSync(join(tmpdir(), 'gobox-output-'))
const fifo = join(folder, 'output')
const readers: number[] = []
spawnSync('mkfifo', [fifo])

afterEach(async () => {
  readers.splice(0).forEach((reader) => closeSync(reader))
  await context.app.end('SIGKILL')
  context.app.wrap = []
  await context.app.start()
})

/** Starts the app with its output somewhere else, as a shell does. */
async function startWith(redirection: string) {
  const { app } = context
  await app.end('SIGTERM')
  app.wrap = ['sh', '-c', `exec "$@" ${redirection}`, '-']
  await app.start()
}

/** Starts the app on a terminal that nobody reads and, after a SIGHUP to the program that holds it, nobody has. */
async function startOnTerminal() {
  const { app } = context
  await app.end('SIGTERM')
  app.wrap = [
    'python3',
    '-c',
    `
import os, pty, signal, subprocess, sys
reader, terminal = pty.openpty()
app = subprocess.Popen(sys.argv[1:], stdout=terminal, stderr=terminal, start_new_session=True)
os.close(terminal)
signal.signal(signal.SIGHUP, lambda *_: os.close(reader))
signal.signal(signal.SIGTERM, lambda *_: app.terminate())
signal.signal(signal.SIGUSR2, lambda *_: app.send_signal(signal.SIGUSR2))
while app.poll() is None:
    try: app.wait(0.1)
    except subprocess.TimeoutExpired: pass
sys.exit(app.returncode)`,
  ]
  await app.start()
}

const ways: [name: string, start: () => Promise<void>][] = [
  ['a full disk', () => startWith('>/dev/full 2>&1')],
  [
    'a pipe that nobody reads any more',
    async () => {
      readers.push(openSync(fifo, constants.O_RDONLY | constants.O_NONBLOCK))
      await startWith(`>${fifo} 2>&1`)
    },
  ],
  [
    'a pipe whose reader has gone',
    async () => {
      const reader = openSync(fifo, constants.O_RDONLY | constants.O_NONBLOCK)
      await startWith(`>${fifo} 2>&1`)
      closeSync(reader)
    },
  ],
  [
    'a socket that nobody reads any more',
    async () => {
      await context.app.restart()
      context.app.stdout.pause()
    },
  ],
  [
    'a socket whose reader has gone',
    async () => {
      await context.app.restart()
      context.app.stdout.destroy()
    },
  ],
  ['a terminal that has stopped', startOnTerminal],
  [
    'a terminal that was closed',
    async () => {
      await startOnTerminal()
      process.kill(context.app.pid, 'SIGHUP')
    },
  ],
]

/** Makes more lines than a pipe, a socket or a terminal holds. */
async function talk() {
  for (let round = 0; round < 40; round++)
    await Promise.all(
      Array.from({ length: 100 }, () =>
        fetch(`${context.app.url}/api/${'x'.repeat(30)}`, { signal: AbortSignal.timeout(10_000) }),
      ),
    )
}

const hasPython = spawnSync('python3', ['-c', 'import pty']).status === 0

test.for(ways)('with its output into %s the app goes on, and SIGTERM ends it', async ([name, start], { skip }) => {
  skip(name.includes('terminal') && !hasPython, 'a terminal is made by python3, which is not there')
  const { app } = context
  const shop = await app.openShop()
  await start()
  await talk()
  expect(await tryToSend(app, shop, orderMessage(`${shop.name}-${name}`))).toBe(true)
  const begin = performance.now()
  const ended = await Promise.race([app.end('SIGTERM'), eventually(() => performance.now() - begin > LONGEST_STOP)])
  expect(ended).toBe(0)
})

test.for(ways)('with its output into %s an error that nobody caught ends it', async ([name, start], { skip }) => {
  skip(name.includes('terminal') && !hasPython, 'a terminal is made by python3, which is not there')
  const { app } = context
  await start()
  await talk()
  const begin = performance.now()
  const ended = await Promise.race([app.end('SIGUSR2'), eventually(() => performance.now() - begin > LONGEST_STOP)])
  expect(ended).toBe(1)
})

test('a start that is refused ends, also where it cannot say why', async () => {
  const { app } = context
  for (const redirection of ['>/dev/full 2>&1', `<>${fifo} >${fifo} 2>&1`]) {
    await app.end('SIGTERM')
    app.settings.NUXT_TIME_ZONE = 'Nowhere'
    await expect(startWith(redirection)).rejects.toThrow('the app did not start')
    expect(await Promise.race([app.end('SIGTERM'), eventually(() => false, 5000).catch(() => 'runs')])).toBe(1)
    delete app.settings.NUXT_TIME_ZONE
  }
  rmSync(folder, { recursive: true })
})
