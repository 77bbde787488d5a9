import type { DeviceRow } from '#shared/devices'
import { NO_CABINET } from '#shared/test-order'
import { formatTime } from '#shared/time'

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`

/** The webhook's address as this browser reaches it, and a line for the shell that sends it an order. */
export function useWebhookHandover() {
  const session = useSessionStore()
  const {
    $i18n: { locale },
  } = useNuxtApp()
  const url = `${useRequestURL().origin}/api/create_order`
  const now = formatTime(Date.now(), session.zone)
  const CLOSED = 105
  const devices = useLoad<Page<DeviceRow>>('handover-cabinet', '/api/devices', { limit: 1 })
  // Closed, so that nobody imports it, and of no cabinet that would wait for its configuration.
  const testOrder = computed(() => ({
    trans_id: `TEST${now.replaceAll(/\D/g, '')}`,
    status: CLOSED,
    e_id: 'TEST',
    dev_id: devices.data?.root[0]?.dev_id ?? NO_CABINET,
    create_time: now,
    update_time: now,
    products: [
      { barcode: '0000000000000', name: locale.value === 'zh' ? '测试' : 'Test', num: 1, amount: 0.01, cost: 0.01 },
    ],
  }))
  const curlFor = (token: string) =>
    `curl -X POST ${quoted(url)} -H ${quoted(`Token: ${token}`)} -H 'Content-Type: application/json' -d ${quoted(JSON.stringify(testOrder.value))}`

  return { url, testOrder, curlFor }
}
