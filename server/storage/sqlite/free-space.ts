import { statfsSync, statSync } from 'node:fs'
import { WrongSetting } from '../../config.ts'
import { LEAST_DISK_SPACE } from '../backups.ts'

const MIB = 1024 * 1024

/** Free bytes on a folder's file system. */
export function freeBytes(folder: string): number {
  const { bavail, bsize } = statfsSync(folder)
  return bavail * bsize
}

/** The size of a file, 0 where it is not there. */
export function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}

const shown = (bytes: number) => `${Math.ceil(bytes / MIB)} MB`

/**
 * Throws WrongSetting where `bytes` more do not fit into `folder`; on the file system of `used`, the data folder to
 * which orders are written meanwhile, with room to spare.
 */
export function requireSpace(folder: string, bytes: number, used?: string) {
  const isUsed = used !== undefined && statSync(folder).dev === statSync(used).dev
  const needed = bytes + (isUsed ? LEAST_DISK_SPACE : 0)
  const free = freeBytes(folder)
  if (free < needed)
    throw new WrongSetting(`${folder} 的磁盘空间不够：需要 ${shown(needed)}，只剩 ${shown(free)}，请清理后再试`)
}
