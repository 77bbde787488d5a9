/// <reference path="./storage/migrations.d.ts" />
import { isChild } from './child-mode.ts'
import { joinCluster } from './cluster/membership.ts'
import { useConfig, WrongSetting } from './config.ts'
import { startAttention } from './services/attention/watch-attention.ts'
import { startAutomation } from './services/automation.ts'
import { startBackups } from './services/backups.ts'
import { startLookupChecks } from './services/check-lookup.ts'
import { startCountingGoods } from './services/count-goods.ts'
import { startHeartbeat } from './services/heartbeat.ts'
import { startImportQueue } from './services/import-queue.ts'
import { startJobs } from './services/job-queue.ts'
import { startRestoreNotice } from './services/restore-notice.ts'
import { startSweeping } from './services/retention.ts'
import { startChecks } from './services/settlement-checks.ts'
import { setStorage, type Storage } from './storage/engine.ts'
import { openStorage, serveStorageTask } from './storage/open.ts'

const readMigrations = async (engine: Storage['engine']) =>
  (await (engine === 'sqlite' ? import('#migrations/sqlite') : import('#migrations/postgres'))).default

async function start() {
  try {
    setStorage(await openStorage(useConfig(), readMigrations))
    await joinCluster()
    startRestoreNotice()
    startImportQueue()
    startJobs()
    startChecks()
    startAutomation()
    startSweeping()
    startBackups()
    startCountingGoods()
    startLookupChecks()
    startAttention()
    startHeartbeat()
  } catch (error) {
    if (!(error instanceof WrongSetting)) throw error
    console.error(`goBox 没有启动：${error.message}`)
    process.exit(1)
  }
}

let started: Promise<void> | undefined

/**
 * Opens the storage and starts what runs by itself; resolves when requests can be answered. A wrong setting ends the
 * process with one sentence. A child of the server does its task instead.
 */
export function whenStarted(): Promise<void> {
  return (started ??= isChild() ? serveStorageTask(readMigrations) : start())
}
