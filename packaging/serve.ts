import { resolve } from 'node:path'
import process from 'node:process'
import { pathToFileURL } from 'node:url'
import { showAddress, splitAddress } from '#server/storage/postgres/addresses'
import { useConfig } from '#server/config'
import { missingSettings } from '../scripts/check/settings.ts'
import { VERSION } from './version.ts'

/** What the owner needs to see first: address, version, data folder, and what is not configured yet. */
function announce(environmentFile: string | undefined) {
  const config = useConfig()
  const host = process.env.NITRO_HOST ?? process.env.HOST
  const port = process.env.NITRO_PORT ?? process.env.PORT ?? 3000
  const shown = !host || host === '0.0.0.0' || host === '::' ? 'localhost' : host
  const place = config.databaseUrl
    ? `数据库    ${splitAddress(config.databaseUrl).map(showAddress).join('、')}`
    : `数据目录  ${resolve(config.dataDir)}`
  console.log(`goBox ${VERSION}
  地址      http://${shown.includes(':') ? `[${shown}]` : shown}:${port}/
  ${place}
  设置      ${environmentFile ?? '环境变量'}`)
  for (const sentence of missingSettings(config)) console.log(`  还没有    ${sentence}`)
}

/** Starts the server in this process. Throws WrongSetting. */
export async function serve(environmentFile: string | undefined): Promise<void> {
  // As the supervisor's start does; Vue and the log ask for it.
  process.env.NODE_ENV ??= 'production'
  announce(environmentFile)
  await import(
    /* the server of the build, beside this folder */ pathToFileURL(resolve(import.meta.dirname, '../index.mjs')).href
  )
}
