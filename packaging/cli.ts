import process from 'node:process'
import { WrongSetting } from '#server/config'
import { loadEnvironmentFile } from './environment.ts'
import { checkHealth } from './health.ts'
import { serve } from './serve.ts'
import { runService } from './service.ts'
import { USER } from './unit.ts'
import { VERSION } from './version.ts'

const HELP = `goBox ${VERSION}：把无人货柜的订单导入 C8

  gobox, gobox serve         启动服务
  gobox demo                 演示：自带模拟的 goBox 和 C8，数据用完即删
  gobox check                检查设置、磁盘、数据库、时钟，以及能否连上 goBox 和 C8
  gobox health               服务是否健康（给容器用，健康时退出码为 0）
  gobox backup               备份数据库并检查备份
  gobox restore FILE         从备份恢复（先停掉服务）
  gobox rotate-key           更换加密密钥（先停掉服务）
  gobox service install      装成 systemd 服务；--print 只显示要写的内容
  gobox service uninstall    去掉服务，数据保留
  gobox service status       服务的状态
  gobox version, gobox help

设置来自环境变量，或数据目录里（或旁边）的 gobox.env；名字与 README 相同。
装成服务以后，这些命令用服务的设置和数据：sudo -u ${USER} gobox check`

/** Each is bundled as a file of its own, which runs when it is imported. */
const scripts: Record<string, () => Promise<unknown>> = {
  demo: () => import('../scripts/demo.ts'),
  check: () => import('../scripts/check.ts'),
  backup: () => import('../scripts/backup.ts'),
  restore: () => import('../scripts/restore.ts'),
  'rotate-key': () => import('../scripts/rotate-key.ts'),
}

const isHelp = (word: string) => ['help', '--help', '-h'].includes(word)

/** Arguments that nobody reads would be taken for settings that hold. */
function refuseArguments(command: string, args: string[]) {
  if (args.length === 0) return
  throw new WrongSetting(`${command} 不认得“${args.join(' ')}”：设置来自环境变量或 gobox.env，见 gobox help`)
}

async function run(command: string, args: string[]) {
  if ([command, ...args].some(isHelp)) return console.log(HELP)
  if (command === 'version' || command === '--version' || command === '-v') return console.log(VERSION)
  if (command === 'service') return runService(args)
  if (command === 'health') {
    loadEnvironmentFile()
    return checkHealth()
  }
  const script = scripts[command]
  if (command !== 'serve' && !script) {
    console.error(`没有“${command}”这个命令。\n\n${HELP}`)
    process.exitCode = 1
    return
  }
  if (command !== 'restore') refuseArguments(command, args)
  // The demo has settings of its own.
  const file = command === 'demo' ? undefined : loadEnvironmentFile()
  if (!script) return serve(file)
  // Scripts read their arguments where Node puts them.
  process.argv.splice(2, process.argv.length, ...args)
  await script()
}

/** Runs the command that the arguments name. */
export async function main([command = 'serve', ...args]: string[]): Promise<void> {
  try {
    await run(command, args)
  } catch (error) {
    if (!(error instanceof WrongSetting)) throw error
    console.error(command === 'serve' ? `goBox 没有启动：${error.message}` : error.message)
    process.exitCode = 1
  }
}
