import { WrongSetting } from '../../config.ts'

const MALFORMED =
  '设置 NUXT_DATABASE_URL 有误：必须是 postgres://用户:密码@主机:端口/数据库 这样的地址，多台主机用逗号分隔'

/** `postgres://user:password@host:port,host:port/database?…` as one address for each host. Throws WrongSetting. */
export function splitAddress(url: string): string[] {
  const parts = /^(postgres(?:ql)?:\/\/)((?:[^@/?#]*@)?)([^@/?#]+)(\/[^/?#]+)(\?[^#]*)?$/.exec(url)
  if (!parts) throw new WrongSetting(MALFORMED)
  const [, scheme, user, hosts, database, query = ''] = parts
  return hosts!.split(',').map((host) => {
    const address = `${scheme}${user}${host}${database}${query}`
    if (!URL.parse(address)?.hostname) throw new WrongSetting(MALFORMED)
    return address
  })
}

/** An address without what must not be shown: `host:port/database`. */
export function showAddress(address: string): string {
  const { host, pathname } = new URL(address)
  return host + pathname
}
