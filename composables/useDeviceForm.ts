import type { FormItemRule } from 'element-plus'
import type { BillType, Device, DeviceInput } from '#shared/devices'

/** A device while it is typed. */
export interface DeviceDraft extends Partial<Omit<DeviceInput, 'dev_id' | 'bill_type'>> {
  dev_id: string
  bill_type: BillType
  effective_from?: string
}

const FIELDS = [
  'name',
  'dev_id',
  'store_id',
  'bank_id',
  'member_id',
  'employee_id',
  'bill_type',
  'effective_from',
] as const

/**
 * The form of a device that exists, or of a new one that has perhaps already been seen in orders, in the form's words.
 */
export function useDeviceForm(
  device: Device | undefined,
  devId: number | undefined,
  say: (key: string, named?: Record<string, string>) => string,
) {
  const api = useApi()
  const { t } = useI18n()
  const draft = reactive<DeviceDraft>({
    name: device?.name ?? '',
    dev_id: String(device?.dev_id ?? devId ?? ''),
    store_id: device?.store_id,
    bank_id: device?.bank_id,
    member_id: device?.member_id,
    employee_id: device?.employee_id,
    bill_type: device?.bill_type ?? 0,
    effective_from: undefined,
  })
  const kept = useDraft(device ? `device:${device.id}` : devId ? `cabinet:${devId}` : 'device:', draft)
  const isBusy = ref(false)
  const { errors, note, clear } = useFieldErrors(FIELDS)

  const chosen = (field: string): FormItemRule => ({
    required: true,
    message: say('chooseFirst', { field: t(`devices.${field}`) }),
  })
  const rules = computed(() => ({
    name: [
      { required: true, whitespace: true, message: say('nameMissing') },
      { max: 64, message: say('nameTooLong') },
    ],
    dev_id: [
      { required: true, message: say('devIdMissing') },
      { pattern: /^\d{1,15}$/, message: say('devIdWrong') },
    ],
    store_id: chosen('store_id'),
    bank_id: chosen('bank_id'),
    member_id: chosen('member_id'),
    employee_id: chosen('employee_id'),
  }))

  async function save(): Promise<Device | undefined> {
    isBusy.value = true
    clear()
    try {
      const { effective_from, ...fields } = draft
      const from = effective_from ? { effective_from } : {}
      const body = { ...fields, ...from, name: fields.name!.trim(), dev_id: Number(fields.dev_id) }
      return device
        ? await api<Device>(`/api/devices/${device.id}`, { method: 'PUT', body })
        : await api<Device>('/api/devices', { method: 'POST', body })
    } catch (error) {
      note(error)
    } finally {
      isBusy.value = false
    }
  }

  /** Takes over from another cabinet what cabinets of one shop mostly have in common. */
  function copyFrom({ bank_id, member_id, employee_id, bill_type }: Device) {
    Object.assign(draft, { bank_id, member_id, employee_id, bill_type })
  }

  return { draft, kept, rules, errors, isBusy, save, copyFrom }
}
