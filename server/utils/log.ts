import { Writable } from 'node:stream'
import { destination, pino } from 'pino'

/** Fields that are never written, should one ever be handed over. */
const SECRET_FIELDS = new Set([
  'token',
  'app_key',
  'appkey',
  'access_token',
  'accesstoken',
  'c8token',
  'secretkey',
  'password',
  'authorization',
  'cookie',
])
const MAX_TEXT = 500
const MAX_CAUSES = 4

/** The fields without the secret ones; pino's own `redact` takes longer than the rest of the line. */
export function hideSecrets(fields: Record<string, unknown>): Record<string, unknown> {
  let shown = fields
  for (const key in fields) {
    const value = fields[key]
    const isPlain = typeof value === 'object' && value !== null && !(value instanceof Error) && !Array.isArray(value)
    const safe = SECRET_FIELDS.has(key.toLowerCase())
      ? '…'
      : isPlain
        ? hideSecrets(value as Record<string, unknown>)
        : value
    if (safe !== value) shown = { ...shown, [key]: safe }
  }
  return shown
}

/** Text of an error without what may be a secret in it: our tokens, and values that libraries quote. */
function scrub(text: string): string {
  return text
    .replace(/\b[0-9a-f]{32,}\b/gi, '…')
    .replace(/"[^"]*"(?= is an invalid header)/g, '…')
    .replace(/\bparams:[\s\S]*/i, 'params: …')
    .slice(0, MAX_TEXT)
}

/** An error for the log: what and where, with its causes. */
export function describeError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return scrub(String(error))
  const { name, message, stack = '', cause } = error
  return {
    type: name,
    code: (error as NodeJS.ErrnoException).code,
    message: scrub(message),
    // The first lines of a stack repeat the message.
    stack: stack
      .split('\n')
      .filter((line) => /^\s+at /.test(line))
      .map((line) => line.trim()),
    cause: cause === undefined || depth >= MAX_CAUSES ? undefined : describeError(cause, depth + 1),
  }
}

/** `08:30:00.123 INFO request {…}` for the eyes of who develops. */
function readable(): Writable {
  return new Writable({
    write(lines: Buffer, _encoding, done) {
      for (const line of lines.toString().trimEnd().split('\n')) {
        const { time, level, msg, ...rest } = JSON.parse(line) as Record<string, string>
        process.stdout.write(`${time!.slice(11, 23)} ${level!.toUpperCase()} ${msg} ${JSON.stringify(rest)}\n`)
      }
      done()
    },
  })
}

/** Many lines are of the same millisecond; the text of one takes as long as half a line. */
let written = 0
let writtenText = ''

function timestamp(): string {
  const now = Date.now()
  if (now !== written) {
    written = now
    writtenText = `,"time":"${new Date(now).toISOString()}"`
  }
  return writtenText
}

/** In production what it is given is written together now and then. */
const output =
  process.env.NODE_ENV === 'production'
    ? destination({ dest: 1, sync: false, minLength: 8192, periodicFlush: 250, maxLength: 8 * 1024 * 1024 })
    : readable()

/** The lines of one turn of the event loop: to hand over each takes longer than to write it. */
let lines = ''

function handOver() {
  if (lines !== '') output.write(lines)
  lines = ''
}

function write(line: string) {
  if (lines === '') setImmediate(handOver)
  lines += line
}

// What is left, whatever the process ends by.
process.once('exit', () => {
  handOver()
  if ('flushSync' in output) output.flushSync()
})

/** The log: one JSON line an entry on stdout, which whatever runs the process keeps and rotates. */
export const log = pino(
  {
    base: undefined,
    timestamp,
    formatters: { level: (level) => ({ level }), log: hideSecrets },
    serializers: { err: (error) => describeError(error) },
  },
  { write },
)

/**
 * Writes an entry of the level `info` as `log.info` does, in half the time: each message of goBox has one. `fields` are not looked
 * through for secrets.
 */
export function logPlain(fields: object, message: string) {
  write(`{"level":"info"${timestamp()},${JSON.stringify(fields).slice(1, -1)},"msg":"${message}"}\n`)
}
