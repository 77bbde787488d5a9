import { spawnSync } from 'node:child_process'
import { closeSync, constants, mkdtempSync, openSync, readFileSync, readSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { LogOutput } from '#server/log/output'

let folder: string
const open: number[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gobox-log-'))
})
afterEach(() => {
  open.splice(0).forEach((file) => closeSync(file))
  rmSync(folder, { recursive: true })
})

function openFile(path: string, flags: number): number {
  const file = openSync(path, flags, 0o600)
  open.push(file)
  return file
}

/** A pipe of 64 KiB with its reader's end, and an output that writes to it. */
function pipe() {
  const path = join(folder, 'pipe')
  spawnSync('mkfifo', [path])
  const reader = openFile(path, constants.O_RDONLY | constants.O_NONBLOCK)
  const output = new LogOutput(openFile(path, constants.O_WRONLY), (lost) => `lost ${lost}\n`)
  return { path, reader, output }
}

function readAll(reader: number): string {
  const buffer = Buffer.alloc(1024 * 1024)
  let text = ''
  try {
    for (let length = 1; length > 0; text += buffer.toString('latin1', 0, length)) length = readSync(reader, buffer)
  } catch (error) {
    expect(error).toMatchObject({ code: 'EAGAIN' })
  }
  return text
}

/** Reads and lets it go on writing until everything has come. */
function drain(reader: number, output: LogOutput): string {
  let text = ''
  for (let isAll = false; !isAll; text += readAll(reader)) isAll = output.flush()
  return text
}

describe('the output of the log', () => {
  it('writes into a file what it was given, in the order it came', () => {
    const path = join(folder, 'log')
    const output = new LogOutput(openFile(path, constants.O_WRONLY | constants.O_CREAT), String)
    const lines = Array.from({ length: 2000 }, (_, index) => `line ${index}\n`)
    for (const line of lines) output.write(line)
    output.end()
    expect(readFileSync(path, 'utf8')).toBe(lines.join(''))
  })

  it('does not wait for a reader that has stopped, and goes on where it was once it reads', () => {
    const { reader, output } = pipe()
    const lines = Array.from({ length: 20_000 }, (_, index) => `line ${index}\n`)
    for (const line of lines) output.write(line)
    expect(output.flush()).toBe(false)
    expect(drain(reader, output)).toBe(lines.join(''))
  })

  it('loses what does not fit, and says how much once it is read again', () => {
    const { reader, output } = pipe()
    const line = `${'x'.repeat(999)}\n`
    for (let count = 0; count < 10_000; count++) output.write(line)
    const text = drain(reader, output)
    const written = text.split(line).length - 1
    expect(written).toBeGreaterThan(4000)
    expect(text).toBe(`${line.repeat(written)}lost ${10_000 - written}\n`)
    output.write('after\n')
    expect(drain(reader, output)).toBe('after\n')
  })

  it('outlives its reader, and writes to the next one', () => {
    const { path, reader, output } = pipe()
    closeSync(open.splice(open.indexOf(reader), 1)[0]!)
    output.write('while nobody reads\n')
    expect(output.flush()).toBe(false)
    const next = openFile(path, constants.O_RDONLY | constants.O_NONBLOCK)
    expect(drain(next, output)).toBe('while nobody reads\n')
  })

  it.each(['stalled', 'full'])('ends at once where it is %s', (kind) => {
    const output = kind === 'full' ? new LogOutput(openFile('/dev/full', constants.O_WRONLY), String) : pipe().output
    for (let count = 0; count < 100; count++) output.write('x'.repeat(1000))
    const begin = performance.now()
    output.end()
    expect(performance.now() - begin).toBeLessThan(1000)
  })
})
