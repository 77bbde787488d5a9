import fc from 'fast-check'
import { orderMessage, type Fields } from '../server.ts'

/** Names of fields and parameters that routes know, and some that trip careless code. */
const NAMES = [
  'action',
  'name',
  'start',
  'limit',
  'dev_id',
  'store_id',
  'bank_id',
  'bill_type',
  'start_date',
  'end_date',
  'status',
  'is_imported',
  'trans_id',
  'page',
  'ids',
  'filter',
  'app_key',
  'user_name',
  'set_of_book',
  'url',
  'overlap_hours',
  'event',
  'user',
  'downloads',
  'imports',
  'reason',
  'products',
  'update_time',
  'create_time',
  'e_id',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '',
]

/** Values at the edges of what routes take. */
const SHARP = [
  '',
  ' ',
  '0',
  '-1',
  '1e309',
  'NaN',
  '9007199254740993',
  '99999999999999999999999',
  '\u0000',
  '\uD800',
  '\uFFFE',
  '‮',
  "'",
  '"',
  ';--',
  "' OR 1=1--",
  '%',
  '_',
  '../..',
  '<script>',
  '{{7*7}}',
  '${7*7}',
  '2026-02-30',
  '2026-11-20 08:30:00',
  '0000-00-00',
  '+275760-09-13',
  '-271821-04-20',
  '\r\nX: y',
  'a'.repeat(5000),
  '٣',
  '１',
  'true',
  'null',
  '[]',
  'import',
  'trade_view',
  'get_orders',
  'http://127.0.0.1',
  'javascript:1',
]

const text = fc.oneof(
  fc.constantFrom(...SHARP),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ maxLength: 20 }),
)
const value: fc.Arbitrary<unknown> = fc.oneof(
  text,
  fc.integer(),
  fc.double(),
  fc.boolean(),
  fc.constant(null),
  fc.constantFrom(1e308, -0, 2 ** 53, -(2 ** 63)),
  fc.array(fc.oneof(text, fc.integer()), { maxLength: 3 }),
  fc.jsonValue({ maxDepth: 3 }),
)
export const fields = fc
  .uniqueArray(fc.tuple(fc.constantFrom(...NAMES), value), { maxLength: 8, selector: ([name]) => name })
  .map((pairs) => Object.fromEntries(pairs) as Fields)
/** A good message with some fields spoilt: it gets past the first checks. */
export const message = fields.map((spoilt): Fields => ({ ...orderMessage('T-fuzz'), ...spoilt }))
export const query = fc.array(fc.tuple(fc.oneof(fc.constantFrom(...NAMES), text), text), { maxLength: 6 })
export const id = fc.oneof(
  fc.constantFrom('1', '2', '0', '-1', '1.0', '01', '9007199254740993', '1e3', ' 1', '%00', '%ff', 'x'),
  text.map((part) => encodeURIComponent(part.toWellFormed()).replaceAll('.', '%2e') || 'x'),
)
