import process from 'node:process'
import { useConfig, WrongSetting } from '#server/config'
import type { Finding } from './check/finding.ts'
import { checkClock, checkReach } from './check/reach.ts'
import { missingSettings } from './check/settings.ts'
import { checkDatabase, checkDisk, checkPostgres } from './check/storage.ts'

function show({ name, problem }: Finding) {
  console.log(problem === null ? `✓ ${name}` : `✗ ${name}：${problem}`)
  if (problem !== null) process.exitCode = 1
}

try {
  const config = useConfig()
  const missing = missingSettings(config)
  show({ name: '设置', problem: missing.length > 0 ? `还没有 ${missing.join('；')}` : null })
  if (config.databaseUrl) show(await checkPostgres(config.databaseUrl, config.secretKey))
  else {
    show(await checkDisk(config.dataDir))
    show(checkDatabase(config.dataDir))
  }
  const reached = await Promise.all([
    ...(config.goboxUrl ? [checkReach('goBox', config.goboxUrl)] : []),
    ...[...config.c8Origins].map((origin) => checkReach('C8', origin)),
  ])
  for (const { finding } of reached) show(finding)
  show(checkClock(reached))
} catch (error) {
  if (!(error instanceof WrongSetting)) throw error
  show({ name: '设置', problem: error.message })
}
