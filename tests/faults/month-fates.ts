import { fenOfOrder, pick, REFUNDS, type MonthShop, type Sale } from './month-shop.ts'

/** What becomes of an order. Each step may be missing. */
interface Fate {
  /** Instead of being sent and listed. */
  arrive?: (shop: MonthShop, sale: Sale) => Promise<unknown>
  /** Not imported. */
  isLeft?: true
  /** After the imports, before the first check. */
  plant?: (shop: MonthShop, sale: Sale) => Promise<unknown>
  /** Between the first check and the second. */
  mend?: (shop: MonthShop, sale: Sale) => Promise<unknown>
}

const aDocument = (shop: MonthShop) => shop.app.sandbox.state.documents.values().next().value!
const onlyDocument = (shop: MonthShop, sale: Sale) => shop.documents(sale)[0]!

const arriveAs = (status: number) => async (shop: MonthShop, sale: Sale) => {
  sale.order.status = status
  await shop.list(sale)
  await shop.send(sale)
}

async function arriveRefunded(shop: MonthShop, sale: Sale) {
  await arriveAs(pick(shop.random, REFUNDS))(shop, sale)
}

async function refund(shop: MonthShop, sale: Sale) {
  await shop.change(sale, pick(shop.random, REFUNDS))
  sale.kinds.add('refunded_after_import')
}

async function handleRefund(shop: MonthShop, sale: Sale) {
  const note = { handled: true, note: '已在 C8 开退货单' }
  const { status } = await shop.ask(`POST /api/orders/${shop.row(sale)!.id}?action=handle_refund`, note)
  if (status !== 200) throw new Error(`handle_refund: ${status}`)
  sale.kinds.delete('refunded_after_import')
}

async function vanish(shop: MonthShop, sale: Sale) {
  await shop.unlist(sale)
  sale.kinds.add('missing_at_gobox')
}

async function loseDocument(shop: MonthShop, sale: Sale) {
  await shop.app.sandbox.control.deleteDocument(onlyDocument(shop, sale).id)
  sale.kinds.add('document_missing')
}

async function leaveUnfinished(shop: MonthShop, sale: Sale) {
  const status = pick(shop.random, [0, 2, 4, 5, 7])
  await shop.app.sandbox.control.changeDocument(onlyDocument(shop, sale).id, { status })
  sale.kinds.add('document_unfinished')
}

/** Resets the order, as C8 no longer has its document, and imports it again. */
async function importAgain(shop: MonthShop, sale: Sale) {
  const { status } = await shop.ask(`POST /api/orders/${shop.row(sale)!.id}?action=init_order`)
  if (status !== 200) throw new Error(`init_order: ${status}`)
  await shop.importAll([sale])
  sale.kinds.delete('document_missing')
}

export const FATES: Record<string, Fate> = {
  plain: {},
  unsent: {
    arrive: (shop, sale) => shop.list(sale),
    isLeft: true,
    plant: async (_, sale) => sale.kinds.add('not_imported'),
    mend: async (shop, sale) => {
      await shop.importAll([sale])
      sale.kinds.delete('not_imported')
    },
  },
  late: {
    arrive: async () => undefined,
    isLeft: true,
    mend: async (shop, sale) => {
      await shop.list(sale)
      sale.kinds.add('not_imported')
    },
  },
  waiting: { arrive: arriveAs(101), isLeft: true },
  closed: { arrive: arriveAs(105), isLeft: true },
  vanished: { plant: vanish },
  back: {
    plant: vanish,
    mend: async (shop, sale) => {
      await shop.list(sale)
      sale.kinds.delete('missing_at_gobox')
    },
  },
  refundUnlisted: {
    plant: async (shop, sale) => {
      await shop.change(sale, 103, { isListed: false })
      sale.kinds.add('status_differs').add('refunded_after_import')
    },
  },
  amount: {
    plant: async (shop, sale) => {
      const [first, ...others] = sale.order.products
      const products = [{ ...first!, amount: (Math.round(first!.amount * 100) + 1) / 100 }, ...others]
      await shop.list(sale, { products, update_time: `${sale.date} 23:59:59` })
      sale.kinds.add('amount_differs')
    },
  },
  unconfigured: { isLeft: true, plant: async (_, sale) => sale.kinds.add('not_imported') },
  unknown: { isLeft: true, plant: async (_, sale) => sale.kinds.add('not_imported') },
  documentGone: { plant: loseDocument },
  documentGoneMended: { plant: loseDocument, mend: importAgain },
  doubled: {
    plant: async (shop, sale) => {
      await shop.copyDocument(onlyDocument(shop, sale), sale)
      sale.kinds.add('document_doubled')
    },
  },
  unfinished: { plant: leaveUnfinished },
  unfinishedMended: {
    plant: leaveUnfinished,
    mend: async (shop, sale) => {
      await shop.app.sandbox.control.changeDocument(onlyDocument(shop, sale).id, { status: 6 })
      sale.kinds.delete('document_unfinished')
    },
  },
  byHandPaid: {
    isLeft: true,
    plant: async (shop, sale) => {
      await shop.copyDocument(aDocument(shop), sale)
      sale.kinds.add('document_unknown').add('not_imported')
    },
  },
  byHandRefunded: {
    arrive: arriveRefunded,
    isLeft: true,
    plant: async (shop, sale) => {
      await shop.copyDocument(aDocument(shop), sale)
      sale.kinds.add('document_unknown')
    },
  },
  otherAmount: {
    plant: async (shop, sale) => {
      const total_amount = (fenOfOrder(sale.order) - 1) / 100
      await shop.app.sandbox.control.changeDocument(onlyDocument(shop, sale).id, { total_amount })
      sale.kinds.add('document_differs')
    },
  },
  otherDocument: {
    plant: async (shop, sale) => {
      const own = onlyDocument(shop, sale)
      await shop.copyDocument(own, sale)
      await shop.app.sandbox.control.deleteDocument(own.id)
      sale.kinds.add('document_differs')
    },
  },
  refundedBefore: { arrive: arriveRefunded, isLeft: true },
  refundedAfter: { plant: refund },
  refundHandled: { plant: refund, mend: handleRefund },
  refused: {
    arrive: async (shop, sale) => {
      sale.order.products = sale.order.products.map((line) => ({ ...line, num: 0 }))
      await shop.list(sale)
      sale.kinds.add('refused')
    },
    isLeft: true,
  },
}

/** Lists the order at goBox and sends its message, where its fate has no other way. */
export function arrive(shop: MonthShop, sale: Sale) {
  return (FATES[sale.fate]!.arrive ?? arriveAs(sale.order.status))(shop, sale)
}
