import { expect, it } from 'vitest'
import {
  dropAutomationToken,
  getAutomation,
  renewAutomationToken,
  saveAutomation,
} from '#server/repositories/automations'
import { useTestStorage } from '../with-storage.ts'

const context = useTestStorage()

it('a refused C8 token is forgotten, but not the one of a log-in that came while C8 was asked about it', async () => {
  const setOfBookId = context.own
  const by = { setOfBookId, user: '王会计', address: '' }
  const logIn = {
    id: 1,
    setOfBookId,
    setOfBook: 'A001',
    userName: '王会计',
    accessLevel: 15,
    c8Origin: 'https://c8.example',
    c8Token: 'old',
    createdAt: 0,
    expiresAt: 0,
  }
  const switches = {
    downloads: true,
    downloadMinutes: 15,
    imports: true,
    importDelayMinutes: 10,
    closeDays: false,
    importSince: 0,
  }
  const stored = async () => (await getAutomation(setOfBookId))!.c8Token

  await saveAutomation(logIn, switches, 0, by)
  await context.storage.write((tx) => renewAutomationToken(tx, { ...logIn, c8Token: 'fresh' }))
  await dropAutomationToken(setOfBookId, 'old', by)
  expect(await stored()).toBe('fresh')
  await dropAutomationToken(setOfBookId, 'fresh', by)
  expect(await stored()).toBeNull()
})
