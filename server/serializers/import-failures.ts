import type { FailureGroup } from '#shared/import-failures'
import { fenToYuan } from '#shared/money'
import { formatTime } from '#shared/time'
import type { NamedGroup } from '../services/import-failures.ts'
import { useConfig } from '../config.ts'
import { presentAlias } from './barcode-alias.ts'

/** Failed imports of one reason as the pages show them. */
export function presentFailureGroup(group: NamedGroup): FailureGroup {
  const { message, code, params, product, orders, amount, since, alias } = group
  return {
    errmsg: message,
    code,
    params,
    product,
    orders,
    amount: fenToYuan(amount),
    since: formatTime(since, useConfig().zone),
    alias: alias && presentAlias(alias),
  }
}
