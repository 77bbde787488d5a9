import { chmodSync, existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import process from 'node:process'
import { parseEnv } from 'node:util'
import { WrongSetting } from '#server/config'

/** Others who can write the file could send goBox's messages and C8's log-ins elsewhere. */
function assertOwn(file: string) {
  const { uid, mode } = statSync(file)
  const self = process.getuid!()
  if (uid !== self && uid !== 0) throw new WrongSetting(`${file} 不属于当前用户，没有读取`)
  if ((mode & 0o077) === 0) return
  if (uid !== self) throw new WrongSetting(`${file} 别人也能读写，请改为只有自己可读：chmod 600 ${file}`)
  chmodSync(file, 0o600)
  console.error(`${file} 别人也能读写，已改为只有自己可读写（0600）。`)
}

/** The settings file: in the data folder, or beside it. `undefined` if there is none. */
function findEnvironmentFile(dataDir = process.env.NUXT_DATA_DIR || './data'): string | undefined {
  const folder = resolve(dataDir)
  return [join(folder, 'gobox.env'), join(dirname(folder), 'gobox.env')].find((file) => existsSync(file))
}

/** Reads settings from `gobox.env`; what the environment names itself wins. Throws WrongSetting. */
export function loadEnvironmentFile(): string | undefined {
  const file = findEnvironmentFile()
  if (file === undefined) return undefined
  assertOwn(file)
  for (const [name, value] of Object.entries(parseEnv(readFileSync(file, 'utf8')))) process.env[name] ??= value
  return file
}
