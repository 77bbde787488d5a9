import { describe, expect, it } from 'vitest'
import { SandboxControl } from '../../../sandbox/client.ts'
import type { Fault } from '../../../sandbox/fault-model.ts'
import { startSandbox } from '../../../sandbox/server.ts'
import { accessToken, askC8, askGobox, order, retail, useSandbox } from './setup.ts'

const context = useSandbox()
const create = (sourceId = 'T1') => askC8(context.sandbox, '/api/retails', { body: retail(sourceId) })
const setOfBook = () => askC8(context.sandbox, '/api/set_of_books/A001')
const fault = (input: Fault) => context.sandbox.control.fault(input)
const documents = () => context.sandbox.control.documents()

describe('faults', () => {
  it('hit only their step, as many times as told', async () => {
    await fault({ step: 'c8.set_of_books', kind: 'status', status: 503, times: 2 })
    expect((await create()).status).toBe(200)
    const statuses = [await setOfBook(), await setOfBook(), await setOfBook()].map(({ status }) => status)
    expect(statuses).toEqual([503, 503, 200])
  })

  it('without a number hit until cleared', async () => {
    await fault({ step: 'c8', kind: 'status' })
    expect((await setOfBook()).status).toBe(500)
    expect((await create()).status).toBe(500)
    await context.sandbox.control.clearFaults()
    expect((await setOfBook()).status).toBe(200)
  })

  it('can be tied to one order by the text of its call', async () => {
    await fault({ step: 'c8.retail_create', kind: 'refuse', message: '库存不足', containing: 'T2' })
    expect((await create('T1')).body.id).toBe(1)
    expect((await create('T2')).body).toEqual({ state: 0, errmsg: '库存不足' })
  })

  it('follow each other in the order they were set', async () => {
    await fault({ step: 'c8.set_of_books', kind: 'status', status: 500, times: 1 })
    await fault({ step: 'c8.set_of_books', kind: 'status', status: 503, times: 1 })
    expect([(await setOfBook()).status, (await setOfBook()).status]).toEqual([500, 503])
  })

  it('slow: answers rightly, but late', async () => {
    await fault({ step: 'c8.set_of_books', kind: 'slow', ms: 80 })
    const begin = performance.now()
    expect((await setOfBook()).body.set_of_book).toBe('A001')
    expect(performance.now() - begin).toBeGreaterThan(75)
  })

  it('garbage: is no JSON, and nothing is done', async () => {
    await fault({ step: 'c8.retail_create', kind: 'garbage' })
    await expect(create()).rejects.toThrow(SyntaxError)
    expect(await documents()).toEqual([])
  })

  it('reset: breaks the connection with nothing done', async () => {
    await fault({ step: 'c8.retail_create', kind: 'reset' })
    await expect(create()).rejects.toThrow('fetch failed')
    expect(await documents()).toEqual([])
  })

  it('create_then_drop: breaks the connection with the document made', async () => {
    await fault({ step: 'c8.retail_create', kind: 'create_then_drop' })
    await expect(create()).rejects.toThrow('fetch failed')
    expect(await documents()).toHaveLength(1)
  })

  it('create_then_500: answers 500 with the document made', async () => {
    await fault({ step: 'c8.retail_create', kind: 'create_then_500' })
    expect((await create()).status).toBe(500)
    expect(await documents()).toHaveLength(1)
  })

  it('create_late: never answers, and makes the document after the client has gone', async () => {
    await fault({ step: 'c8.retail_create', kind: 'create_late', ms: 120 })
    const body = JSON.stringify(retail('T1'))
    await expect(
      fetch(`${context.sandbox.url}/api/retails`, {
        method: 'POST',
        headers: { token: 'c8-token-A001' },
        body,
        signal: AbortSignal.timeout(40),
      }),
    ).rejects.toThrow()
    expect(await documents()).toEqual([])
    await expect.poll(documents).toHaveLength(1)
  })

  it('create_late: answers with a status at once where told so, and makes the document later', async () => {
    await fault({ step: 'c8.retail_create', kind: 'create_late', status: 503, ms: 60 })
    const body = JSON.stringify(retail('T1'))
    const headers = { token: 'c8-token-A001' }
    const response = await fetch(`${context.sandbox.url}/api/retails`, { method: 'POST', headers, body })
    expect({ status: response.status, made: await documents() }).toEqual({ status: 503, made: [] })
    await expect.poll(documents).toHaveLength(1)
  })

  it('text: is a refusal without JSON', async () => {
    await fault({ step: 'c8.confirm', kind: 'text', status: 409, message: '期间已关闭' })
    const url = `${context.sandbox.url}/api/retails/1?action=confirm&action_type=1`
    const response = await fetch(url, { headers: { token: 'c8-token-A001' } })
    expect([response.status, await response.text()]).toEqual([409, '期间已关闭'])
  })

  it('create_late: is forgotten by a reset', async () => {
    await fault({ step: 'c8.retail_create', kind: 'create_late', ms: 50 })
    const answer = create().catch(() => 'gone')
    await expect.poll(() => context.sandbox.control.calls('c8.retail_create')).toHaveLength(1)
    await context.sandbox.control.reset()
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(await documents()).toEqual([])
    void answer
  })

  it("refuse: uses each upstream's own words", async () => {
    await fault({ step: 'gobox.token', kind: 'refuse', code: 7, message: '账号停用' })
    await fault({ step: 'c8.confirm', kind: 'refuse', status: 422, message: '已锁定' })
    expect(await askGobox(context.sandbox, '/access-token', {})).toEqual({ code: 7, msg: '账号停用' })
    expect(await askC8(context.sandbox, '/api/retails/1?action=confirm&action_type=1')).toMatchObject({
      status: 422,
      body: { state: 0, errmsg: '已锁定' },
    })
  })

  it('lapsed_token: goBox forgets the access token, so only a new one helps', async () => {
    const trade = async (access_token: string) =>
      (await askGobox(context.sandbox, '/trade', { access_token, command: 'QueryTrade' })).code
    const token = await accessToken(context.sandbox)
    await fault({ step: 'gobox.trade', kind: 'lapsed_token', code: 40101, times: 1 })
    expect([await trade(token), await trade(token)]).toEqual([40101, 401])
    expect(await trade(await accessToken(context.sandbox))).toBe(0)
  })

  it('lapsed_token: C8 answers 401', async () => {
    await fault({ step: 'c8.products', kind: 'lapsed_token' })
    expect((await askC8(context.sandbox, '/api/products?barcode=1')).status).toBe(401)
  })

  it('redirect: points to a place where a follower is seen', async () => {
    await fault({ step: 'c8.set_of_books', kind: 'redirect' })
    expect((await setOfBook()).status).toBe(302)
    expect(await context.sandbox.control.calls('redirected')).toEqual([])
    await fetch(`${context.sandbox.url}/api/set_of_books/A001`)
    expect(await context.sandbox.control.calls('redirected')).toHaveLength(1)
  })

  it('drip: sends the right answer byte by byte', async () => {
    await fault({ step: 'c8.set_of_books', kind: 'drip', ms: 2 })
    const begin = performance.now()
    const { body, text } = await setOfBook()
    expect(body.set_of_book).toBe('A001')
    expect(performance.now() - begin).toBeGreaterThan(text.length)
  })

  it('huge: sends as many bytes as told, in a well-formed answer', async () => {
    await fault({ step: 'c8.lists', kind: 'huge', bytes: 1024 * 1024 })
    const { text, body } = await askC8(context.sandbox, '/api/stores')
    expect(text.length).toBeGreaterThan(1024 * 1024)
    expect(body.root).toHaveLength(1)
  })

  it('of an unknown kind or step are refused rather than ignored', async () => {
    await expect(fault({ step: 'c8.create' as 'c8', kind: 'status' })).rejects.toThrow('unknown step c8.create')
    await expect(fault({ step: 'c8', kind: 'explode' as 'slow' })).rejects.toThrow('unknown kind explode')
  })
})

describe('latency', () => {
  it("delays every call of an upstream, and a step's own goes first", async () => {
    await context.sandbox.control.latency({ c8: 60, 'c8.lists': 0 })
    const duration = async (work: () => Promise<unknown>) => {
      const begin = performance.now()
      await work()
      return performance.now() - begin
    }
    expect(await duration(setOfBook)).toBeGreaterThan(55)
    expect(await duration(() => askC8(context.sandbox, '/api/stores'))).toBeLessThan(50)
  })
})

describe('the control route', () => {
  it('does over HTTP what the client in the process does', async () => {
    const control = SandboxControl.at(context.sandbox.url)
    await control.addOrders('A001', order('T1'))
    await control.fault({ step: 'c8.lists', kind: 'slow', ms: 1 })
    expect(context.sandbox.state.trades.get('A001')?.size).toBe(1)
    expect(await control.faults()).toEqual([{ step: 'c8.lists', kind: 'slow', ms: 1 }])
    await create()
    expect(await control.documents()).toEqual(await documents())
    await expect(control.addOrders('Z999', order('T1'))).rejects.toThrow('unknown account set Z999')
    await control.reset()
    expect(await control.documents()).toEqual([])
  })

  it('records each call with its body, token, answer and count, but not its own', async () => {
    await create()
    await setOfBook()
    const [first] = await context.sandbox.control.calls()
    expect(first).toMatchObject({
      step: 'c8.retail_create',
      method: 'POST',
      path: '/api/retails',
      token: 'c8-token-A001',
      body: retail('T1'),
      status: 200,
    })
    expect(await context.sandbox.control.counts()).toEqual({ 'c8.retail_create': 1, 'c8.set_of_books': 1 })
  })

  it('starts empty when reset to bare', async () => {
    await context.sandbox.control.reset({ bare: true })
    expect((await setOfBook()).status).toBe(401)
  })
})

it('closes at once, with calls still unanswered', async () => {
  const sandbox = await startSandbox()
  await sandbox.control.fault({ step: 'c8', kind: 'slow', ms: 60_000 })
  const answer = fetch(`${sandbox.c8Url}/api/stores`, { headers: { token: 'c8-token-A001' } })
  await expect.poll(() => sandbox.control.calls()).toHaveLength(1)
  await Promise.all([sandbox.close(), expect(answer).rejects.toThrow()])
})
