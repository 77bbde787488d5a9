import { describe, expect, it } from 'vitest'
import { csvText, toCsv } from '#server/exports/csv'
import { chooseColumns } from '#server/exports/order-columns'
import { exportOrders } from '#server/exports/orders'
import { toXlsx } from '#server/exports/xlsx'
import { readOrders, type ExportRecord } from '#server/repositories/order-export'
import { findWindows } from '#server/repositories/order-totals'
import { c8IdFromText } from '#shared/c8-id'
import { orderExportSchema } from '#shared/orders'
import { addDevice, addOrder, addOrders, addSetOfBook, openTestStorage } from '../with-storage.ts'
import { readZip } from './zip-reader.ts'

const ZONE = 'Asia/Shanghai'
const storage = await openTestStorage()
const mine = await addSetOfBook(storage, 'A001')
const many = await addSetOfBook(storage, 'many')
const at = (text: string) => Date.parse(`${text.replace(' ', 'T')}+08:00`)

await addDevice(storage, mine, 7, '=HYPERLINK("x")')
await addOrder(storage, {
  setOfBookId: mine,
  transId: '0001234567890123456789',
  devId: 7,
  createTime: at('2026-11-02 08:30:05'),
  importState: 'imported',
  importedAt: at('2026-11-02 23:59:59'),
  importedUser: '-李娜',
  retailId: c8IdFromText('900007199254740993'),
  retailCode: 'LS1',
  products: [
    { barcode: '0690123', name: '水, "冰"', num: 0.5, amount: 330, cost: 110 },
    { barcode: 'B2', name: '<茶&\u0001>', num: 2, amount: -5 },
  ],
})
await addOrder(storage, {
  setOfBookId: mine,
  transId: '@later',
  createTime: at('2026-11-03 00:00:00'),
  products: [],
  status: 103,
})
await addOrders(
  storage,
  Array.from({ length: 1201 }, (_, index) => ({ setOfBookId: many, createTime: Math.floor(index / 700) })),
)

async function read(setOfBookId: number) {
  const slices: ExportRecord[][] = []
  for await (const slice of readOrders(setOfBookId, {}, await findWindows(setOfBookId, {}))) slices.push(slice)
  return slices
}

async function text(pieces: AsyncIterable<string>) {
  return (await Array.fromAsync(pieces)).join('')
}

async function bytes(pieces: AsyncIterable<Uint8Array>) {
  return Buffer.concat(await Array.fromAsync(pieces))
}

const book = (slices: AsyncIterable<ExportRecord[]>, maxRows?: number) =>
  toXlsx(slices, { columns: chooseColumns(), zone: ZONE, filter: [], maxRows })

const orders = async (setOfBookId: number) => readOrders(setOfBookId, {}, await findWindows(setOfBookId, {}))

describe('a text in a CSV', () => {
  it.each([
    ['水', '水'],
    ['', ''],
    ['a,b', '"a,b"'],
    ['say "hi"', '"say ""hi"""'],
    ['two\nlines', '"two\nlines"'],
    ['0001', '0001'],
    ['=1+1', "'=1+1"],
    ['+1', "'+1"],
    ['-1', "'-1"],
    ['@SUM', "'@SUM"],
    ['\tx', "'\tx"],
    ['\rx', '"\'\rx"'],
    ['="a"', '"\'=""a"""'],
    ['a=b', 'a=b'],
    ['＝1+1', "'＝1+1"],
    ['＋1', "'＋1"],
    ['－1', "'－1"],
    ['＠SUM', "'＠SUM"],
    ['\n=1', '"\'\n=1"'],
    ['\nx', '"\'\nx"'],
    ['\u200B=1', "'\u200B=1"],
    ['\uFEFF\u2060+1', "'\uFEFF\u2060+1"],
    [' =1', "' =1"],
    ['\u200Bx', '\u200Bx'],
    ['（茶）', '（茶）'],
  ])('%j is written %j', (given, written) => {
    expect(csvText(given)).toBe(written)
  })
})

describe('the reading for an export', () => {
  it('gives every order once, oldest first, also where many share a time across slices', async () => {
    const slices = await read(many)
    const ids = slices.flat().map((order) => order.id)
    expect(slices.length).toBeGreaterThan(2)
    expect(ids).toEqual(ids.toSorted((a, b) => a - b))
    expect(new Set(ids).size).toBe(1201)
  })
})

describe('the CSV', () => {
  it("has a BOM, a row an order line, the order's sum once, and nothing that a spreadsheet would run", async () => {
    expect(await text(toCsv(await orders(mine), chooseColumns(), ZONE))).toBe(
      [
        '\uFEFF交易编号,订单创建时间,交易状态,设备id,货柜名称,条码,商品,商品数量,交易金额（元）,商品成本（元）,订单总金额（元）,订单状态最终更新时间,用户id,下载时间,下载用户,导入状态,零售单id,零售单单号,导入时间,导入用户,未导入原因',
        '0001234567890123456789,2026-11-02 08:30:05,支付成功,7,"\'=HYPERLINK(""x"")",0690123,"水, ""冰""",0.5,3.30,1.10,3.25,2026-11-02 08:30:05,E1,2026-11-02 08:30:05,goBox,已导入,900007199254740993,LS1,2026-11-02 23:59:59,\'-李娜,',
        '0001234567890123456789,2026-11-02 08:30:05,支付成功,7,"\'=HYPERLINK(""x"")",B2,<茶&\u0001>,2,-0.05,,,2026-11-02 08:30:05,E1,2026-11-02 08:30:05,goBox,已导入,900007199254740993,LS1,2026-11-02 23:59:59,\'-李娜,',
        "'@later,2026-11-03 00:00:00,退款成功,1,,,,,,,0.00,2026-11-03 00:00:00,E1,2026-11-03 00:00:00,goBox,未导入,,,,,",
        '',
      ].join('\r\n'),
    )
  })
})

describe('the workbook', () => {
  it('holds ids as text, amounts as numbers and times as dates', async () => {
    const files = readZip(await bytes(book(await orders(mine))))
    const sheet = files.get('xl/worksheets/sheet1.xml')!
    expect(sheet.match(/<row>/g)).toHaveLength(5)
    // `@`, so that they stay text when somebody edits them.
    expect(files.get('xl/styles.xml')).toMatch(/<cellXfs count="6">(?:<xf [^>]*>){4}<xf numFmtId="49" /)
    expect(sheet).toContain('<c t="inlineStr" s="4"><is><t xml:space="preserve">0001234567890123456789</t></is></c>')
    expect(sheet).toContain('<c t="inlineStr" s="4"><is><t xml:space="preserve">0690123</t></is></c>')
    expect(sheet).toContain('<t xml:space="preserve">&lt;茶&amp;&gt;</t>')
    expect(sheet).toContain('<c s="2"><v>3.3</v></c>')
    const day = (at('2026-11-02 00:00:00') - at('1899-12-30 00:00:00')) / 86_400_000
    expect(Number(/<c s="3"><v>([\d.]+)/.exec(sheet)![1])).toBeCloseTo(day + (8 * 3600 + 30 * 60 + 5) / 86_400, 9)
    for (const name of [
      '[Content_Types].xml',
      '_rels/.rels',
      'xl/workbook.xml',
      'xl/_rels/workbook.xml.rels',
      'xl/styles.xml',
    ])
      expect(files.has(name), name).toBe(true)
  })

  it('can be filtered, and ends with sums that follow the filter', async () => {
    const files = readZip(await bytes(book(await orders(mine))))
    const sheet = files.get('xl/worksheets/sheet1.xml')!
    expect(sheet).toContain('</sheetData><autoFilter ref="A1:U4"/>')
    const sums = sheet.slice(sheet.lastIndexOf('<row>'))
    expect(sums).toContain('合计')
    expect(sums).toContain('<f>SUBTOTAL(109,H2:H4)</f><v>2.5</v>')
    expect(sums).toContain('<f>SUBTOTAL(109,I2:I4)</f><v>3.25</v>')
    expect(sums).toContain('<f>SUBTOTAL(109,K2:K4)</f><v>3.25</v>')
  })

  it.each([
    ['a_x000D_b', 'a_x005F_x000D_b'],
    ['_x_x0041_', '_x_x005F_x0041_'],
    ['lone \uD83D and \uDE00', 'lone \uFFFD and \uFFFD'],
    ['长'.repeat(32_767), '长'.repeat(32_767)],
    ['长'.repeat(32_768), `${'长'.repeat(32_766)}…`],
    [`${'长'.repeat(32_765)}😀😀`, `${'长'.repeat(32_765)}…`],
  ])('writes a text that spreadsheets would misread as what it is (%#)', async (given, written) => {
    const [slice] = await read(mine)
    const order = { ...slice![0]!, products: [], importError: given }
    const files = readZip(
      await bytes(
        book(
          (async function* () {
            yield [order]
          })(),
        ),
      ),
    )
    expect(files.get('xl/worksheets/sheet1.xml')).toContain(`<t xml:space="preserve">${written}</t>`)
  })

  it.each([
    [1203, [1201]],
    [1002, [1000, 201]],
    [602, [600, 600, 1]],
    [402, [400, 400, 400, 1]],
  ])('goes on in a next sheet after %i rows', async (maxRows, expected) => {
    const files = readZip(await bytes(book(await orders(many), maxRows)))
    const sheets = [...files.keys()].filter((name) => name.startsWith('xl/worksheets/')).slice(0, -1)
    // With the titles, and in the last the sums.
    const rows = sheets.map(
      (name, index) => files.get(name)!.match(/<row>/g)!.length - (index < sheets.length - 1 ? 1 : 2),
    )
    expect(rows).toEqual(expected)
    for (const name of sheets) {
      expect(files.get('[Content_Types].xml')).toContain(`/${name}"`)
      expect(files.get('xl/_rels/workbook.xml.rels')).toContain(name.slice(3))
    }
  })

  it('of no orders has its header alone', async () => {
    const files = readZip(await bytes(book(await orders(await addSetOfBook(storage, 'empty')))))
    expect(files.get('xl/worksheets/sheet1.xml')!.match(/<row>/g)).toHaveLength(1)
  })
})

describe('the export', () => {
  it.each([
    [{ start_date: '2026-11-01', end_date: '2026-11-02', format: 'csv' }, '订单_2026-11-01_2026-11-02.csv', 3],
    [{ status: '103', format: 'csv' }, '订单_2026-11-03_2026-11-03.csv', 2],
    [{ q: 'nothing', format: 'csv' }, '订单.csv', 1],
  ])('of %j is called %s', async (query, name, rows) => {
    const download = await exportOrders(mine, orderExportSchema(ZONE).parse(query), ZONE)
    expect(download.name).toBe(name)
    expect((await text(download.content as AsyncIterable<string>)).trimEnd().split('\r\n')).toHaveLength(rows)
  })

  it('has what was filtered, and sums by status, cabinet and product, on a second sheet', async () => {
    const query = { format: 'xlsx', start_date: '2026-11-01' }
    const download = await exportOrders(mine, orderExportSchema(ZONE).parse(query), ZONE)
    const files = readZip(await bytes(download.content as AsyncIterable<Uint8Array>))
    expect(files.get('xl/workbook.xml')).toContain('<sheet name="合计" sheetId="2"')
    const cells = [...files.get('xl/worksheets/sheet2.xml')!.matchAll(/<(?:v|t xml:space="preserve")>([^<]*)</g)]
    expect(cells.map(([, cell]) => cell)).toEqual([
      ...['筛选条件', '订单创建时间从', '2026-11-01 00:00:00'],
      ...['交易状态', '', '订单数', '订单总金额（元）'],
      ...['支付成功', '', '1', '3.25', '退款成功', '', '1', '0'],
      ...['设备id', '货柜名称', '订单数', '订单总金额（元）', '其中支付成功（元）', '其中退款成功（元）'],
      ...['7', '=HYPERLINK("x")', '1', '3.25', '3.25', '0', '1', '', '1', '0', '0', '0'],
      ...['条码', '商品', '商品数量', '交易金额（元）', '其中支付成功（元）', '其中退款成功（元）'],
      ...['0690123', '水, "冰"', '0.5', '3.3', '3.3', '0', 'B2', '&lt;茶&amp;&gt;', '2', '-0.05', '-0.05', '0'],
    ])
  })

  it('has the columns that are asked for, and a row an order where none is of its lines', async () => {
    const query = orderExportSchema(ZONE).parse({ format: 'csv', columns: 'total_amount,trans_id,e_id' })
    const { content } = await exportOrders(mine, query, ZONE)
    expect(await text(content as AsyncIterable<string>)).toBe(
      "\uFEFF交易编号,订单总金额（元）,用户id\r\n0001234567890123456789,3.25,E1\r\n'@later,0.00,E1\r\n",
    )
  })
})
