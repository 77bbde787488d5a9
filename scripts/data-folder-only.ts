import { useConfig, WrongSetting } from '#server/config'

/** Throws WrongSetting where the data is in PostgreSQL, whose backups are made by its own tools. */
export function refuseOnPostgres() {
  if (useConfig().databaseUrl)
    throw new WrongSetting(
      '数据在 PostgreSQL 里，请用它自己的工具备份和恢复（pgBackRest 或 pg_dump，见 docs/operations.md）',
    )
}
