import { spawnSync } from 'node:child_process'
import {
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import process from 'node:process'
import { WrongSetting } from '#server/config'
import { BINARY, DATA, ENVIRONMENT, ENVIRONMENT_FILE, HOME, UNIT, UNIT_FILE, USER } from './unit.ts'

/** Runs a system's own command. Throws WrongSetting with what it printed. */
function system(command: string, ...args: string[]): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8' })
  if (error) throw new WrongSetting(`这台机器没有 ${command}：goBox 的服务需要 systemd 和常用的系统命令`)
  if (status !== 0) throw new WrongSetting(`${command} ${args.join(' ')} 失败：${(stderr || stdout).trim()}`)
  return stdout.trim()
}

const say = (sentence: string) => console.log(sentence)

function requireRoot() {
  if (process.getuid!() !== 0) throw new WrongSetting('请用 root 运行：sudo gobox service …')
}

/** Writes a file only where it would change, and says so. */
function put(path: string, text: string) {
  if (existsSync(path) && readFileSync(path, 'utf8') === text) return say(`${path} 没有变化`)
  writeFileSync(path, text)
  say(`已写入 ${path}`)
}

function putBinary() {
  if (process.execPath === BINARY) return
  // A running program's file cannot be written, but it can be replaced.
  copyFileSync(process.execPath, `${BINARY}.part`)
  renameSync(`${BINARY}.part`, BINARY)
  say(`已复制到 ${BINARY}`)
}

function ensureUser(): { uid: number; gid: number } {
  if (spawnSync('id', [USER]).status !== 0) {
    system('useradd', '--system', '--user-group', '--home-dir', HOME, '--shell', '/usr/sbin/nologin', USER)
    say(`已建立系统用户 ${USER}`)
  }
  return { uid: Number(system('id', '-u', USER)), gid: Number(system('id', '-g', USER)) }
}

function ensureFolders({ uid, gid }: { uid: number; gid: number }) {
  for (const folder of [HOME, DATA]) {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    chownSync(folder, uid, gid)
  }
  if (existsSync(ENVIRONMENT_FILE)) return
  writeFileSync(ENVIRONMENT_FILE, ENVIRONMENT, { mode: 0o600 })
  chownSync(ENVIRONMENT_FILE, uid, gid)
  say(`已写入 ${ENVIRONMENT_FILE}：请在里面填写设置`)
}

function install() {
  requireRoot()
  system('systemctl', '--version')
  putBinary()
  ensureFolders(ensureUser())
  put(UNIT_FILE, UNIT)
  system('systemctl', 'daemon-reload')
  system('systemctl', 'enable', 'gobox.service')
  system('systemctl', 'restart', 'gobox.service')
  say(`goBox 已作为服务运行，开机自动启动。设置在 ${ENVIRONMENT_FILE}，改完运行：systemctl restart gobox`)
  say('日志：journalctl -u gobox　检查：sudo -u gobox gobox check')
}

function uninstall() {
  requireRoot()
  if (!existsSync(UNIT_FILE)) return say('没有安装过服务')
  system('systemctl', 'disable', '--now', 'gobox.service')
  rmSync(UNIT_FILE)
  system('systemctl', 'daemon-reload')
  say(`服务已停止并去掉。数据还在 ${HOME}，程序还在 ${BINARY}。`)
}

function status() {
  if (!existsSync(UNIT_FILE)) return say('没有安装过服务：gobox service install')
  const { stdout, error } = spawnSync('systemctl', ['status', '--no-pager', 'gobox.service'], { encoding: 'utf8' })
  if (error) throw new WrongSetting('这台机器没有 systemd')
  say(stdout.trim())
}

/** `gobox service install|uninstall|status [--print]`. Throws WrongSetting. */
export function runService([action, ...flags]: string[]): void {
  if (flags.includes('--print') || action === '--print')
    return say(`# ${UNIT_FILE}\n${UNIT}\n# ${ENVIRONMENT_FILE}\n${ENVIRONMENT}`)
  if (action === 'install') return install()
  if (action === 'uninstall') return uninstall()
  if (action === 'status') return status()
  throw new WrongSetting('请写出要做什么：gobox service install、uninstall 或 status')
}
