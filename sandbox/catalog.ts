import type { C8Token, ListItem, ListName, Product, SetOfBook } from './c8-model.ts'

/** A product as goBox sells it: prices and costs in fen. */
export interface Goods {
  barcode: string
  name: string
  price: number
  cost: number
  /** C8 does not know this barcode, so an order with it cannot be imported. */
  unknownToC8?: true
}

/** Barcodes without their check digit. */
const goods: [digits: string, name: string, price: number, cost: number, unknownToC8?: true][] = [
  ['692116800001', '农夫山泉 饮用天然水 550ml', 200, 110],
  ['690148611001', '怡宝 饮用纯净水 555ml', 200, 108],
  ['692845010002', '百岁山 天然矿泉水 570ml', 300, 175],
  ['695476741001', '可口可乐 汽水 330ml', 300, 190],
  ['695476742008', '零度可乐 汽水 500ml', 350, 225],
  ['692459910015', '百事可乐 汽水 330ml', 300, 188],
  ['690108388002', '王老吉 凉茶 310ml', 450, 290],
  ['692505230003', '康师傅 冰红茶 500ml', 350, 210],
  ['692116850012', '东方树叶 茉莉花茶 500ml', 500, 325],
  ['692116850029', '东方树叶 青柑普洱 500ml', 500, 325],
  ['697054450005', '元气森林 白桃气泡水 480ml', 550, 355],
  ['690721110013', '东鹏特饮 维生素饮料 500ml', 600, 385],
  ['692502110028', '红牛 维生素功能饮料 250ml', 650, 440],
  ['690799250001', '伊利 纯牛奶 250ml', 400, 265],
  ['692330800016', '蒙牛 纯甄酸牛奶 200g', 550, 370],
  ['690298000017', '雀巢 丝滑拿铁咖啡 268ml', 650, 430],
  ['692491190005', '乐事 原味薯片 75g', 750, 495],
  ['691132110022', '奥利奥 夹心饼干 97g', 690, 455],
  ['692084500011', '德芙 丝滑牛奶巧克力 43g', 890, 610],
  ['690159120004', '士力架 花生夹心巧克力 51g', 500, 330],
  ['692062150018', '卫龙 大面筋 106g', 590, 360],
  ['692017750006', '三只松鼠 每日坚果 25g', 690, 450],
  ['690293410007', '好丽友 派 2枚 68g', 450, 280],
  ['692040100019', '双汇 王中王火腿肠 60g', 330, 205],
  ['692245630010', '洁柔 手帕纸 1包', 150, 80],
  ['697123400017', '社区烘焙 红豆面包 90g', 680, 430, true],
  ['697123400024', '鲜切水果杯 200g', 1290, 850, true],
]

export const shopGoods: Goods[] = goods.map(([digits, name, price, cost, unknownToC8]) => ({
  barcode: withCheckDigit(digits),
  name,
  price,
  cost,
  ...(unknownToC8 && { unknownToC8 }),
}))

/** EAN-13: weights 1 and 3 in turn, the check digit fills up to a multiple of ten. */
function withCheckDigit(digits: string): string {
  const sum = [...digits].reduce((total, digit, index) => total + Number(digit) * (index % 2 === 0 ? 1 : 3), 0)
  return digits + ((10 - (sum % 10)) % 10)
}

const names: Record<ListName, string[]> = {
  stores: ['总仓', '科技园无人柜仓', '南山医院无人柜仓', '大学城无人柜仓', '福田地铁站无人柜仓', '前海写字楼无人柜仓'],
  banks: ['微信支付收款账户', '支付宝收款账户', '招商银行 基本户', '现金'],
  employees: ['陈晓东', '李雪梅', '王建国', '赵敏', '周海燕', '吴志强'],
  members: ['散客', '无人柜会员', '企业福利会员', '金卡会员'],
}

const firstIds: Record<ListName, number> = { stores: 1, banks: 21, employees: 41, members: 61 }

interface Catalog {
  setOfBooks: SetOfBook[]
  tokens: C8Token[]
  products: Product[]
  lists: Record<ListName, ListItem[]>
}

export function defaultCatalog(): Catalog {
  return {
    setOfBooks: [
      { set_of_book: 'A001', tax_rate: 0.03, vat_tax_rate: 0.13, gobox_user: 'shop-a', app_key: 'sandbox-key-A001' },
      { set_of_book: 'B002', tax_rate: 0.01, vat_tax_rate: 0.09, gobox_user: 'shop-b', app_key: '沙箱 key-B002' },
    ],
    tokens: [
      { token: 'c8-token-A001', access_level: 15, user_name: '陈晓东', set_of_books: ['A001'] },
      { token: 'c8-token-A001-view', access_level: 1, user_name: '李雪梅', set_of_books: ['A001'] },
      { token: 'c8-token-B002', access_level: 15, user_name: '王建国', set_of_books: ['B002'] },
    ],
    products: shopGoods.flatMap(({ barcode, name, unknownToC8 }, index) =>
      unknownToC8 ? [] : [{ id: 1001 + index, barcode, name, code: `SP${1001 + index}` }],
    ),
    lists: {
      stores: listOf('stores'),
      banks: listOf('banks'),
      employees: listOf('employees'),
      members: listOf('members'),
    },
  }
}

function listOf(list: ListName): ListItem[] {
  return names[list].map((name, index) => ({ id: firstIds[list] + index, name }))
}
