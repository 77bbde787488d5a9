import { unsetOf, type useConfig } from '#server/config'

/** How to get what goBox cannot work without. */
const SOURCES = {
  NUXT_GOBOX_URL: 'goBox 的接口地址，向货柜供应商要',
  NUXT_C8_ALLOWED_ORIGINS: 'C8 的地址，例如 https://c8.example.com，打开 C8 时浏览器地址栏里就是它',
}

/** What nobody has set yet, each with how to get it. */
export function missingSettings(config: ReturnType<typeof useConfig>): string[] {
  return unsetOf(config).map((name) => `${name}：${SOURCES[name]}`)
}
