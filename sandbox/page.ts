import type { RetailDocument, SandboxState } from './state.ts'

const statusNames: Record<number, string> = { 0: '未确认', 2: '已确认', 4: '已审核', 5: '审核退回', 6: '已完成' }

/** A look at C8's retail documents for people who try the demo. */
export function documentsPage(state: SandboxState): string {
  const documents = [...state.documents.values()].toReversed()
  const rows = documents
    .slice(0, 200)
    .map((document) => row(state, document))
    .join('\n')
  return `<!doctype html>
<html lang="zh-CN">
<meta charset="utf-8">
<meta http-equiv="refresh" content="5">
<title>沙箱 C8 · 零售单</title>
<style>
  body { font: 14px/1.6 system-ui, sans-serif; margin: 2rem; color: #222; }
  table { border-collapse: collapse; width: 100%; }
  th, td { text-align: left; padding: .4rem .8rem; border-bottom: 1px solid #ddd; vertical-align: top; }
</style>
<h1>沙箱 C8 · 零售单（${documents.length}）</h1>
<table>
<tr><th>单号<th>账套<th>goBox 订单<th>仓库<th>商品<th>金额<th>状态
${rows}
</table>
`
}

function row(state: SandboxState, document: RetailDocument): string {
  const store = state.lists.stores.find(({ id }) => id === document.store_id)?.name
  const lines = document.retail_lines.map(
    ({ product_id, quantity, tax_price }) =>
      `${escape(state.products.find(({ id }) => id === product_id)?.name)} × ${quantity} @ ${tax_price}`,
  )
  const status = statusNames[document.status] ?? '流程中'
  const cells = [
    escape(document.code),
    escape(document.set_of_book),
    escape(document.source_id),
    escape(store),
    lines.join('<br>'),
    document.total_amount.toFixed(2),
    status,
  ]
  return `<tr>${cells.map((cell) => `<td>${cell}`).join('')}`
}

function escape(text = ''): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)
}
