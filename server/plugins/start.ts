/// <reference path="../db/virtual.d.ts" />
import migrations from '#migrations'
import { defineNitroPlugin } from 'nitropack/runtime'
import { openStorage, setStorage } from '../db/client'
import { startImportQueue, stopImportQueue } from '../services/import-queue'
import { useConfig, WrongSetting } from '../utils/config'

/** Opens the data folder before the first request is taken. A wrong setting ends the process with one sentence. */
export default defineNitroPlugin((nitro) => {
  try {
    const { dataDir, secretKey } = useConfig()
    const storage = openStorage(dataDir, migrations, secretKey)
    setStorage(storage)
    startImportQueue()
    nitro.hooks.hook('close', async () => {
      await stopImportQueue()
      await storage.close()
    })
  }
  catch (error) {
    if (!(error instanceof WrongSetting)) throw error
    console.error(`goBox 没有启动：${error.message}`)
    process.exit(1)
  }
})
