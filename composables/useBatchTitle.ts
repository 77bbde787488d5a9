import type { ImportBatch } from '#shared/imports'

/** What a batch is called: by its number, or by the day whose orders were imported automatically. */
export function useBatchTitle() {
  const { t } = useI18n()
  return ({ id, automatic, created_at }: Pick<ImportBatch, 'id' | 'automatic' | 'created_at'>) =>
    automatic
      ? t('imports.automaticDay', { day: created_at.slice(0, 'YYYY-MM-DD'.length) })
      : t('imports.batch', { id })
}
