/// <reference path="../db/virtual.d.ts" />
import migrations from '#migrations'
import { setTimeout as sleep } from 'node:timers/promises'
import { defineNitroPlugin } from 'nitropack/runtime'
import { openStorage, setStorage } from '../db/client.ts'
import { startAutomation, stopAutomation } from '../services/automation.ts'
import { startCountingGoods, stopCountingGoods } from '../services/count-goods.ts'
import { startImportQueue, stopImportQueue } from '../services/import-queue.ts'
import { startBackups, stopBackups } from '../services/nightly-backup.ts'
import { startSweeping, stopSweeping } from '../services/sweep.ts'
import { useConfig, WrongSetting } from '../utils/config.ts'

/** A stop is promised within 8 s, requests included; a call to an upstream may take longer. */
const LONGEST_STOP = 2500

/** Opens the data folder before the first request is taken. A wrong setting ends the process with one sentence. */
export default defineNitroPlugin((nitro) => {
  try {
    const { dataDir, secretKey } = useConfig()
    const storage = openStorage(dataDir, migrations, secretKey)
    setStorage(storage)
    startImportQueue()
    startAutomation()
    startSweeping()
    startBackups()
    startCountingGoods()
    nitro.hooks.hook('close', async () => {
      stopSweeping()
      stopBackups()
      // What is cut off here is taken up at the next start.
      await Promise.race([Promise.all([stopImportQueue(), stopAutomation(), stopCountingGoods()]), sleep(LONGEST_STOP)])
      await storage.close()
    })
  } catch (error) {
    if (!(error instanceof WrongSetting)) throw error
    console.error(`goBox 没有启动：${error.message}`)
    process.exit(1)
  }
})
