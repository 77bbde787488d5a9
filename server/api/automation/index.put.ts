import { automationAnswer, automationSchema } from '#shared/automation'
import { isPermitted } from '#shared/permissions'
import { switchAutomation } from '../../services/automation.ts'
import { defineApi } from '../../http/define-api.ts'
import { viewAutomation } from '../../http/view-automation.ts'
import { useConfig } from '../../config.ts'
import { Forbidden } from '../../errors.ts'

export default defineApi({
  summary: 'Switches what runs by itself',
  permission: 'edit',
  input: automationSchema(useConfig().zone),
  answer: automationAnswer,
  errors: ['403 automation_needs_create'],
  run: async ({ input, session, by }) => {
    // What runs by itself downloads and imports, so only someone who may do that by hand may switch it on.
    if ((input.downloads || input.imports) && !isPermitted(session.accessLevel, 'create'))
      throw new Forbidden('您没有“新建和导入”的权限，不能打开自动下载或自动导入', { code: 'automation_needs_create' })
    await switchAutomation(session, input, by)
    return viewAutomation(session.setOfBookId)
  },
})
