import { z } from 'zod'
import { c8IdDigits, type C8Id } from '#shared/c8-id'
import type { C8List } from '#shared/devices'
import { LongInteger } from '#shared/json'
import { useConfig } from '../config.ts'
import { Refused, SessionEnded, UpstreamBroken } from '../errors.ts'
import { callUpstream, reasonText, toUpstreamJson, type Step, type UpstreamAnswer } from './http.ts'

/** The C8 to call, and the token to call it with. */
export interface C8Access {
  c8Origin: string
  c8Token: string
}

export const id = z.union([z.number(), z.string().min(1), z.instanceof(LongInteger)])

/** A code or a name; C8 may send a number instead of text, with any number of digits. */
export const text = z
  .union([z.string(), z.number(), z.instanceof(LongInteger)])
  .transform((value) => (value instanceof LongInteger ? value.digits : String(value)))

export const numeric = z
  .union([
    z.number(),
    z
      .string()
      .regex(/^-?\d+(\.\d+)?$/)
      .transform(Number),
  ])
  // Text can hold more digits than a number can. Infinity is not a valid id.
  .pipe(z.number())

interface Call<T> {
  step: Step
  path: string
  query?: Record<string, string>
  body?: unknown
  schema: z.ZodType<T>
  client?: AbortSignal
}

/** C8's own words for a refusal: its `errmsg`, or else the text of its answer. */
function refusalText({ status, body, text }: UpstreamAnswer, c8Token: string): string {
  const { errmsg } = (body ?? {}) as { errmsg?: unknown }
  const said = typeof errmsg === 'string' || typeof errmsg === 'number' ? errmsg : text?.trim()
  return reasonText(said || (status >= 400 ? `状态 ${status}` : undefined), [c8Token])
}

/**
 * One call; `null` when C8 says “not there”. Throws SessionEnded (401, 403), Refused, UpstreamBroken, UpstreamTimeout.
 */
export async function call<T>(
  { c8Origin, c8Token }: C8Access,
  { step, path, query, body, schema, client }: Call<T>,
): Promise<T | null> {
  const search = query ? `?${new URLSearchParams(query)}` : ''
  const answer = await callUpstream({
    upstream: 'C8',
    step,
    url: `${c8Origin}/api/${path}${search}`,
    method: body === undefined ? 'GET' : 'POST',
    headers: { token: c8Token, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    body: body === undefined ? undefined : toUpstreamJson(body),
    client,
  })
  if (answer.status === 401 || answer.status === 403)
    throw new SessionEnded('C8 登录已失效，请重新登录', { code: 'c8_session_ended' })
  const { state } = (answer.body ?? {}) as { state?: unknown }
  const named = { upstream: 'C8', step: step.name, ...step.params }
  if (answer.status >= 400 || state === 0) {
    const reason = refusalText(answer, c8Token)
    throw new Refused(`C8 ${step.text}被拒绝：${reason}`, { code: 'upstream_refuses', params: { ...named, reason } })
  }
  if (answer.body === null) return null
  const parsed = schema.safeParse(answer.body)
  // C8 may have carried out the call even though its answer is unreadable.
  if (!parsed.success)
    throw new UpstreamBroken(`C8 ${step.text}失败：回答无法读懂，请稍后再试`, true, {
      code: 'upstream_unreadable',
      params: named,
      cause: parsed.error,
    })
  return parsed.data
}

export const rootOf = <T>(item: z.ZodType<T>) => z.object({ root: z.array(item), total: numeric.nullish() })

const permissionSchema = z.object({ access_level: numeric.pipe(z.number().int()), user_name: z.string().nullish() })

/** The permissions of the token's user in this app; `null` if there are none. */
export function getPermission(access: C8Access) {
  return call(access, {
    step: { name: 'check_permission', text: '检查权限' },
    path: 'security_keys',
    schema: permissionSchema,
    query: { action: 'has_security_key', security_key: useConfig().c8SecurityKey },
  })
}

const setOfBookSchema = z.object({ set_of_book: text, tax_rate: numeric.nullish(), vat_tax_rate: numeric.nullish() })

/** The account set with its tax rates; `null` if the token has no access to it. */
export function getC8SetOfBook(access: C8Access, name: string) {
  return call(access, {
    step: { name: 'get_set_of_book', text: '查询账套' },
    path: `set_of_books/${encodeURIComponent(name)}`,
    schema: setOfBookSchema,
  })
}

/** A page of one of C8's lists: stores, banks, employees or members whose name contains `name`. */
export async function listC8(
  access: C8Access,
  list: C8List,
  { name, start, limit }: { name?: string; start: number; limit: number },
  client?: AbortSignal,
) {
  const purpose = { stores: '查询仓库', banks: '查询收款账户', employees: '查询员工', members: '查询会员' }[list]
  const answer = await call(access, {
    step: { name: `list_${list}`, text: purpose },
    path: list,
    schema: rootOf(z.looseObject({ id, name: text.nullish() })),
    query: { ...(name === undefined ? {} : { name__icontains: name }), start: String(start), limit: String(limit) },
    client,
  })
  const root = answer?.root ?? []
  return { total: answer?.total ?? start + root.length, root }
}

const productSchema = z.object({
  id,
  name: text.nullish(),
  barcode: text.nullish(),
  in_use: z.unknown().optional(),
})

/** A page of C8's products whose name contains `name`, or whose barcode is `barcode`. */
export async function listProducts(
  access: C8Access,
  { name, barcode, start, limit }: { name?: string; barcode?: string; start: number; limit: number },
  client?: AbortSignal,
) {
  const answer = await call(access, {
    step: { name: 'list_products', text: '查询商品' },
    path: 'products',
    query: {
      ...(barcode === undefined ? {} : { barcode }),
      ...(name === undefined ? {} : { name__icontains: name }),
      start: String(start),
      limit: String(limit),
    },
    schema: rootOf(productSchema),
    client,
  })
  // C8 may match barcodes loosely, for example without regard to case.
  const root = (answer?.root ?? []).filter((row) => barcode === undefined || (row.barcode ?? barcode) === barcode)
  const total = barcode === undefined ? (answer?.total ?? start + root.length) : start + root.length
  return { total, root: root.map(({ id, name, barcode: own }) => ({ id, name: name ?? null, barcode: own ?? null })) }
}

/** Removes duplicates: C8 may list a row twice. */
export const distinct = <Row extends { id: C8Id }>(rows: Row[]) => [
  ...new Map(rows.map((row) => [c8IdDigits(row.id), row])).values(),
]

/** C8's products with exactly this barcode, leaving out those no longer on sale. */
export async function findProducts(access: C8Access, barcode: string) {
  const answer = await call(access, {
    step: { name: 'find_product', text: `查询条码 ${reasonText(barcode)} `, params: { barcode: reasonText(barcode) } },
    path: 'products',
    query: { barcode },
    schema: rootOf(productSchema),
  })
  const rows = answer?.root ?? []
  return distinct(rows.filter((row) => (row.barcode ?? barcode) === barcode && row.in_use !== false))
}
