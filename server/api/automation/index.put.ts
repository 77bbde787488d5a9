import { automationSchema } from '#shared/automation'
import { isPermitted } from '#shared/permissions'
import { recordAudit } from '../../repositories/audit'
import { switchAutomation } from '../../services/automation'
import { defineApi } from '../../utils/api'
import { switchesOf, viewAutomation } from '../../utils/automation-view'
import { useConfig } from '../../utils/config'
import { Forbidden } from '../../utils/errors'

export default defineApi({
  permission: 'edit',
  input: automationSchema(useConfig().zone),
  run: async ({ input, session, by }) => {
    // What runs by itself downloads and imports, so only someone who may do that by hand may switch it on.
    if ((input.downloads || input.imports) && !isPermitted(session.accessLevel, 'create')) throw new Forbidden('您没有“新建和导入”的权限，不能打开自动下载或自动导入')
    const before = await viewAutomation(session.setOfBookId)
    await switchAutomation(session, input)
    const after = await viewAutomation(session.setOfBookId)
    await recordAudit(by, 'automation_changed', { before: switchesOf(before), after: switchesOf(after) })
    return after
  },
})
