import { automationSchema } from '#shared/automation'
import { isPermitted } from '#shared/permissions'
import { switchAutomation } from '../../services/automation.ts'
import { defineApi } from '../../utils/api.ts'
import { viewAutomation } from '../../utils/automation-view.ts'
import { useConfig } from '../../utils/config.ts'
import { Forbidden } from '../../utils/errors.ts'

export default defineApi({
  permission: 'edit',
  input: automationSchema(useConfig().zone),
  run: async ({ input, session, by }) => {
    // What runs by itself downloads and imports, so only someone who may do that by hand may switch it on.
    if ((input.downloads || input.imports) && !isPermitted(session.accessLevel, 'create'))
      throw new Forbidden('您没有“新建和导入”的权限，不能打开自动下载或自动导入')
    await switchAutomation(session, input, by)
    return viewAutomation(session.setOfBookId)
  },
})
