import { crc32, inflateRawSync } from 'node:zlib'

/** Reads an archive by its directory, as a spreadsheet does, and checks every file's measures. */
export function readZip(archive: Buffer): Map<string, string> {
  const end = archive.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]))
  const files = new Map<string, string>()
  let record = archive.readUInt32LE(end + 16)
  for (let count = archive.readUInt16LE(end + 10); count > 0; count -= 1) {
    const [crc, compressed, size, nameLength] = [
      archive.readUInt32LE(record + 16),
      archive.readUInt32LE(record + 20),
      archive.readUInt32LE(record + 24),
      archive.readUInt16LE(record + 28),
    ]
    const local = archive.readUInt32LE(record + 42)
    const name = archive.toString('utf8', record + 46, record + 46 + nameLength)
    const begin = local + 30 + archive.readUInt16LE(local + 26)
    const content = inflateRawSync(archive.subarray(begin, begin + compressed))
    if (archive.readUInt32LE(local) !== 0x04034b50 || content.length !== size || crc32(content) !== crc)
      throw new Error(`${name} is broken`)
    files.set(name, content.toString())
    record += 46 + nameLength
  }
  if (record !== end) throw new Error('the directory does not end where it should')
  return files
}
