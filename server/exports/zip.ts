import { pipeline, Readable } from 'node:stream'
import { crc32, createDeflateRaw } from 'node:zlib'

/** A file of the archive; its content is asked for when its turn comes. */
export interface ZipFile {
  name: string
  content: AsyncIterable<string> | Iterable<string>
}

interface Entry {
  name: Buffer
  offset: number
  crc: number
  size: number
  compressed: number
}

const VERSION = 20
/** Sizes follow the content, as they are not known before it; names are UTF-8. */
const FLAGS = 0x0808
const DEFLATE = 8
/** 1980-01-01, the earliest date of the format: the files are generated for each download. */
const DATE = 0x0021
/** Fast: the network is slower, and it runs in a thread of libuv's pool. */
const LEVEL = 3

function localHeader({ name }: Entry): Buffer {
  const header = Buffer.alloc(30)
  header.writeUInt32LE(0x04034b50, 0)
  header.writeUInt16LE(VERSION, 4)
  header.writeUInt16LE(FLAGS, 6)
  header.writeUInt16LE(DEFLATE, 8)
  header.writeUInt16LE(DATE, 12)
  header.writeUInt16LE(name.length, 26)
  return Buffer.concat([header, name])
}

function descriptor({ crc, compressed, size }: Entry): Buffer {
  const record = Buffer.alloc(16)
  record.writeUInt32LE(0x08074b50, 0)
  record.writeUInt32LE(crc, 4)
  record.writeUInt32LE(compressed, 8)
  record.writeUInt32LE(size, 12)
  return record
}

function centralRecord({ name, offset, crc, compressed, size }: Entry): Buffer {
  const record = Buffer.alloc(46)
  record.writeUInt32LE(0x02014b50, 0)
  record.writeUInt16LE(VERSION, 4)
  record.writeUInt16LE(VERSION, 6)
  record.writeUInt16LE(FLAGS, 8)
  record.writeUInt16LE(DEFLATE, 10)
  record.writeUInt16LE(DATE, 14)
  record.writeUInt32LE(crc, 16)
  record.writeUInt32LE(compressed, 20)
  record.writeUInt32LE(size, 24)
  record.writeUInt16LE(name.length, 28)
  record.writeUInt32LE(offset, 42)
  return Buffer.concat([record, name])
}

function endRecord(count: number, size: number, offset: number): Buffer {
  const record = Buffer.alloc(22)
  record.writeUInt32LE(0x06054b50, 0)
  record.writeUInt16LE(count, 8)
  record.writeUInt16LE(count, 10)
  record.writeUInt32LE(size, 12)
  record.writeUInt32LE(offset, 16)
  return record
}

/** Compresses a file's content off the main thread, and takes its measures on the way. */
async function* compress(content: ZipFile['content'], entry: Entry): AsyncGenerator<Buffer> {
  async function* measured() {
    for await (const text of content) {
      const bytes = Buffer.from(text)
      entry.crc = crc32(bytes, entry.crc)
      entry.size += bytes.length
      yield bytes
    }
  }
  // An error comes out of the loop below.
  const compressed = pipeline(Readable.from(measured()), createDeflateRaw({ level: LEVEL }), () => undefined)
  for await (const chunk of compressed as AsyncIterable<Buffer>) {
    entry.compressed += chunk.length
    yield chunk
  }
}

/** Writes an archive while its files are being made. Up to 4 GiB: a file with a million rows has about 60 MiB. */
export async function* toZip(files: AsyncIterable<ZipFile>): AsyncGenerator<Buffer> {
  const entries: Entry[] = []
  let offset = 0
  for await (const { name, content } of files) {
    const entry: Entry = { name: Buffer.from(name), offset, crc: 0, size: 0, compressed: 0 }
    const header = localHeader(entry)
    yield header
    yield* compress(content, entry)
    const end = descriptor(entry)
    yield end
    offset += header.length + entry.compressed + end.length
    entries.push(entry)
  }
  const directory = Buffer.concat(entries.map(centralRecord))
  yield Buffer.concat([directory, endRecord(entries.length, directory.length, offset)])
}
