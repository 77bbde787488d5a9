import { chmodSync, existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import process from 'node:process'
import { parseEnv } from 'node:util'
import { WrongSetting } from '#server/config'
import { BINARY, DATA, UNIT_FILE, USER } from './unit.ts'

/** Others who can write the file could send goBox's messages and C8's log-ins elsewhere. */
function assertOwn(file: string) {
  const { uid, mode } = statSync(file)
  const self = process.getuid!()
  if (uid !== self && uid !== 0)
    throw new WrongSetting(`${file} 属于别的用户，没有读取：请以它的用户运行，例如 sudo -u ${USER} gobox check`)
  if ((mode & 0o077) === 0) return
  if (uid !== self) throw new WrongSetting(`${file} 别人也能读写，请改为只有自己可读：chmod 600 ${file}`)
  chmodSync(file, 0o600)
  console.error(`${file} 别人也能读写，已改为只有自己可读写（0600）。`)
}

/** Where the data is if nobody says it: the installed program speaks of its service, wherever it is called. */
const usualDataDir = () => (process.execPath === BINARY && existsSync(UNIT_FILE) ? DATA : './data')

/** The settings file: in the data folder, or beside it. `undefined` if there is none. */
function findEnvironmentFile(dataDir: string): string | undefined {
  const folder = resolve(dataDir)
  return [join(folder, 'gobox.env'), join(dirname(folder), 'gobox.env')].find((file) => existsSync(file))
}

/**
 * Reads settings from `gobox.env`; what the environment names itself wins. Settles where the data is, too. Throws
 * WrongSetting.
 */
export function loadEnvironmentFile(): string | undefined {
  const { env } = process
  const dataDir = env.NUXT_DATA_DIR || usualDataDir()
  const file = findEnvironmentFile(dataDir)
  if (file !== undefined) {
    assertOwn(file)
    for (const [name, value] of Object.entries(parseEnv(readFileSync(file, 'utf8')))) env[name] ??= value
  }
  if (!env.NUXT_DATABASE_URL) env.NUXT_DATA_DIR ||= dataDir
  return file
}
