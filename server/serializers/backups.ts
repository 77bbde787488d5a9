import type { Backups } from '#shared/backups'
import { formatTime } from '#shared/time'
import { useConfig } from '../config.ts'
import type { BackupsView } from '../services/backups.ts'

/** How the backups stand, as the pages show it. */
export function presentBackups({ newest, progress, status, folder, count }: BackupsView): Backups {
  const time = (at: number | undefined) => (at === undefined ? null : formatTime(at, useConfig().zone))
  const { backup, lastTry, drill } = status
  return {
    status: progress === null ? 'idle' : 'running',
    progress,
    last_at: time(newest?.at),
    size: newest?.size ?? null,
    verified: newest !== undefined && backup?.name === newest.name,
    folder,
    count,
    error: lastTry?.error ?? null,
    drill: { at: time(drill?.at), ok: drill?.ok ?? null, detail: drill?.detail ?? null },
  }
}
