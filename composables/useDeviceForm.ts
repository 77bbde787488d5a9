import type { FormItemRule } from 'element-plus'
import type { BillType, Device, DeviceInput } from '#shared/devices'

/** A device while it is typed. */
export interface DeviceDraft extends Partial<Omit<DeviceInput, 'dev_id' | 'bill_type'>> {
  dev_id: string
  bill_type: BillType
}

export type DeviceField = keyof DeviceInput
const FIELDS: DeviceField[] = ['name', 'dev_id', 'store_id', 'bank_id', 'member_id', 'employee_id', 'bill_type']

/** The form of a device that exists, or of a new one that has perhaps already been seen in orders. */
export function useDeviceForm(device: Device | undefined, devId: number | undefined) {
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
  })
  const isBusy = ref(false)
  /** What the server has against a field, or, under no field's name, against the whole. */
  const errors = ref<Partial<Record<DeviceField | 'whole', string>>>({})

  const chosen = (field: string): FormItemRule => ({
    required: true,
    message: t('devices.chooseFirst', { field: t(`devices.${field}`) }),
  })
  const rules = computed(() => ({
    name: [
      { required: true, whitespace: true, message: t('devices.nameMissing') },
      { max: 64, message: t('devices.nameTooLong') },
    ],
    dev_id: [
      { required: true, message: t('devices.devIdMissing') },
      { pattern: /^\d{1,15}$/, message: t('devices.devIdWrong') },
    ],
    store_id: chosen('store_id'),
    bank_id: chosen('bank_id'),
    member_id: chosen('member_id'),
    employee_id: chosen('employee_id'),
  }))

  /** The server names the field first (`dev_id：…`); that a number is taken (409) can only be about one. */
  function note(error: unknown) {
    const message = messageOf(error)
    const field =
      error instanceof ApiError && error.status === 409
        ? 'dev_id'
        : FIELDS.find((name) => message.startsWith(`${name}：`))
    errors.value = { [field ?? 'whole']: field ? message.replace(`${field}：`, '') : message }
  }

  async function save(): Promise<Device | undefined> {
    isBusy.value = true
    errors.value = {}
    try {
      const body = { ...draft, name: draft.name!.trim(), dev_id: Number(draft.dev_id) }
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

  return { draft, rules, errors, isBusy, save, copyFrom }
}
