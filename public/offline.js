/* What stands in place of a page that could not be fetched: why, what is known without the server, and it tries on. */
const TEXTS = {
  zh: {
    offline: '没有网络',
    offlineText: '这台设备没有连上网络。订单照常接收和自动导入，连上以后这里会自己打开。',
    away: '连接不上 goBox 服务器',
    awayText: '服务器没有应答，可能正在升级，或者网络不通。它一应答，这里会自己打开。',
    account: '账套',
    page: '要打开的页面',
    retry: '再试一次',
    tried: (time) => `${time} 试过，每 5 秒再试`,
    pages: {
      '': '概览',
      orders: '订单',
      imports: '导入',
      settlements: '日结',
      devices: '货柜',
      reports: '报表',
      products: '商品',
      settings: '设置',
      login: '登录',
    },
  },
  en: {
    offline: 'No network',
    offlineText: 'This device is not online. Orders are received and imported as ever; this page opens by itself.',
    away: 'The goBox server cannot be reached',
    awayText: 'It does not answer: an upgrade, or the network. This page opens by itself as soon as it does.',
    account: 'Account set',
    page: 'Page',
    retry: 'Try again',
    tried: (time) => `Tried at ${time}; again every 5 seconds`,
    pages: {
      '': 'Overview',
      orders: 'Orders',
      imports: 'Imports',
      settlements: 'Settlement',
      devices: 'Cabinets',
      reports: 'Reports',
      products: 'Products',
      settings: 'Settings',
      login: 'Log in',
    },
  },
}
const EVERY = 5000

const language = localStorage.getItem('gobox.locale') === 'en' ? 'en' : 'zh'
const texts = TEXTS[language]
const theme = localStorage.getItem('gobox.theme')
const night = matchMedia('(prefers-color-scheme: dark)')

const find = (id) => document.getElementById(id)

/** The account set of this tab, and who is logged in. Names only: tokens are out of reach of scripts. */
function accountOf() {
  const chosen = sessionStorage.getItem('gobox.account') ?? localStorage.getItem('gobox.account')
  const accounts = JSON.parse(localStorage.getItem('gobox.accounts') ?? '[]')
  const account = accounts.find(({ set_of_book, since }) => set_of_book === chosen && since !== null)
  return account && `${account.set_of_book} · ${account.user_name}`
}

function show(id, name, value) {
  find(`${id}-name`).textContent = name
  find(id).textContent = value ?? ''
  for (const part of [find(id), find(`${id}-name`)]) part.hidden = !value
}

function draw() {
  const state = navigator.onLine ? 'away' : 'offline'
  document.title = `${texts[state]} · goBox`
  find('title').textContent = texts[state]
  find('text').textContent = texts[`${state}Text`]
  document.documentElement.classList.toggle('dark', theme === 'dark' || (theme !== 'light' && night.matches))
}

async function tryAgain() {
  const response = await fetch('/api/health/live', { cache: 'no-store' }).catch(() => undefined)
  if (response?.ok) return location.reload()
  const time = new Date().toLocaleTimeString(language === 'zh' ? 'zh-CN' : 'en-GB', { hour12: false })
  find('tried').textContent = texts.tried(time)
}

document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en'
find('retry').textContent = texts.retry
show('account', texts.account, accountOf())
show('page', texts.page, texts.pages[location.pathname.split('/')[1]])
draw()

find('retry').addEventListener('click', tryAgain)
night.addEventListener('change', draw)
addEventListener('offline', draw)
addEventListener('online', () => {
  draw()
  void tryAgain()
})
setInterval(tryAgain, EVERY)
