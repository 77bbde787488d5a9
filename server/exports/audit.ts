import { AUDIT_EVENT_NAMES, AUDIT_FIELD_NAMES } from '#shared/audit-names'
import { dateOfTime } from '#shared/dates'
import { BILL_TYPES } from '#shared/devices'
import type { ExportFormat } from '#shared/orders'
import { isPermitted, PERMISSION_BITS, type Permission } from '#shared/permissions'
import type { Download } from '../http/define-download.ts'
import type { AuditRecord } from '../repositories/audit.ts'
import type { Column } from './columns.ts'
import { exportSlices } from './table.ts'

const BILL_TYPE_NAMES: Record<string, string> = BILL_TYPES
const RIGHTS: Record<Permission, string> = { view: '查看', edit: '修改', create: '新建', delete: '删除' }

function valueOf(field: string, value: unknown): string {
  if (value === null || value === undefined || value === '') return '—'
  if (field === 'bill_type') return BILL_TYPE_NAMES[String(value as number)] ?? String(value as number)
  if (field === 'access_level')
    return (Object.keys(PERMISSION_BITS) as Permission[])
      .filter((bit) => isPermitted(Number(value), bit))
      .map((bit) => RIGHTS[bit])
      .join(' ')
  if (typeof value === 'boolean') return value ? '是' : '否'
  return typeof value === 'object' ? JSON.stringify(value) : String(value as string | number)
}

/** What each field was and is, in words. */
function changesOf({ detail }: AuditRecord): string {
  const { before = {}, after = {} } = detail ?? {}
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((field) => before[field] !== after[field])
    .map((field) => {
      const was = field in before ? `${valueOf(field, before[field])} → ` : ''
      return `${AUDIT_FIELD_NAMES[field] ?? field}: ${was}${valueOf(field, after[field])}`
    })
    .join('；')
}

const COLUMNS: Column<AuditRecord>[] = [
  { title: '时间', kind: 'time', value: ({ at }) => at },
  { title: '用户', kind: 'text', value: ({ user }) => user },
  { title: '操作', kind: 'text', value: ({ event }) => AUDIT_EVENT_NAMES[event] },
  {
    title: '对象',
    kind: 'id',
    value: ({ detail }) => detail?.name ?? (detail?.id === undefined ? null : `#${detail.id}`),
  },
  { title: '原因', kind: 'text', width: 40, value: ({ detail }) => detail?.reason ?? null },
  { title: '改动', kind: 'text', width: 60, value: (entry) => changesOf(entry) || null },
  { title: '来自', kind: 'id', value: ({ address }) => address },
]

/** Who did what as a file, newest first. */
export function exportAudit(slices: AsyncIterable<AuditRecord[]>, format: ExportFormat, zone: string): Download {
  const today = dateOfTime(Date.now(), zone)
  return exportSlices(
    { name: `操作记录_${today}`, plainName: `audit_${today}`, sheet: '操作记录' },
    { columns: COLUMNS, slices },
    format,
    zone,
  )
}
