import type { DeviceRow } from '#shared/devices'
import { formatTime } from '#shared/time'

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`

/** The webhook's address as this browser reaches it, and a line for the shell that sends it an order. */
export function useWebhookHandover() {
  const session = useSessionStore()
  const url = `${useRequestURL().origin}/api/create_order`
  const now = formatTime(Date.now(), session.zone)
  const CLOSED = 105
  const devices = useLoad<Page<DeviceRow>>('handover-cabinet', '/api/devices', { limit: 1 })
  // Closed, so that nobody imports it, and of a cabinet that is configured: another would wait for its configuration.
  const testOrder = computed(() => ({
    trans_id: `TEST${now.replaceAll(/\D/g, '')}`,
    status: CLOSED,
    e_id: 'TEST',
    dev_id: devices.data?.root[0]?.dev_id ?? 1,
    create_time: now,
    update_time: now,
    products: [{ barcode: '0000000000000', name: '测试', num: 1, amount: 0.01, cost: 0.01 }],
  }))
  const curlFor = (token: string) =>
    `curl -X POST ${quoted(url)} -H ${quoted(`Token: ${token}`)} -H 'Content-Type: application/json' -d ${quoted(JSON.stringify(testOrder.value))}`

  /** Where no cabinet is configured yet, the test order leaves one that is not. */
  const leavesCabinet = computed(() => devices.data?.total === 0)

  return { url, testOrder, leavesCabinet, curlFor }
}
