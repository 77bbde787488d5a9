import type { Evaluator } from './finding.ts'

/** goBox issues no access token for the credentials. */
export const goboxLoginFailing: Evaluator = {
  kind: 'gobox_login_failing',
  severity: 'critical',
  find({ standing }) {
    const { goboxRefusedAt: since, goboxRefusal, goboxRefusalCode: code, goboxRefusalParams: params } = standing
    if (since === null) return []
    return [{ title: 'goBox 不认可账号', detail: goboxRefusal ?? '', code, params, since, to: '/settings' }]
  },
}
