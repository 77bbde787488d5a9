import { createEventStream, defineEventHandler } from 'h3'
import { presentBatch } from '../../../presenters/import-batch.ts'
import { getBatchProgress } from '../../../repositories/import-batches.ts'
import { isSessionLive } from '../../../repositories/sessions.ts'
import { checkPermission, requireSession } from '../../../utils/api.ts'
import { NotFound } from '../../../utils/errors.ts'
import { log } from '../../../utils/log.ts'
import { idOf } from '../../../utils/request.ts'

const INTERVAL = 500
/** Said again now and then, so that proxies and the page see that the stream lives. */
const KEEP_ALIVE = 15_000

/** A batch's progress as server-sent events, each as GET shows it without the failures; the stream ends with the batch, or with the session. */
export default defineEventHandler(async (event) => {
  const session = requireSession(event)
  checkPermission(session, 'view')
  const id = idOf(event)
  if (!(await getBatchProgress(session.setOfBookId, id))) throw new NotFound('没有这个导入批次，请检查地址')
  const stream = createEventStream(event)
  let last = ''
  let lastAt = 0
  const timer = setInterval(next, INTERVAL)
  function next() {
    push().catch((error: unknown) => {
      log.error({ err: error, batch: id }, 'batch events')
      return stream.close()
    })
  }
  async function push() {
    const batch = (await isSessionLive(session.id, Date.now()))
      ? await getBatchProgress(session.setOfBookId, id)
      : undefined
    if (!batch) return stream.close()
    const data = JSON.stringify(presentBatch(batch))
    if (data !== last || performance.now() - lastAt > KEEP_ALIVE) {
      ;[last, lastAt] = [data, performance.now()]
      await stream.push(data)
    }
    if (batch.pending === 0) await stream.close()
  }
  stream.onClosed(async () => clearInterval(timer))
  next()
  return stream.send()
})
