import type { Permission } from '#shared/permissions'

declare module 'vue-router' {
  interface RouteMeta {
    /** What the user must be allowed to do to see the page; by default to view. */
    permission?: Permission
  }
}

export default defineNuxtRouteMiddleware((to) => {
  if (to.path === '/login') return
  const session = useSessionStore()
  if (!session.current) {
    session.keepPath(to.fullPath)
    return navigateTo('/login')
  }
  if (to.matched.length > 0 && !session.can(to.meta.permission ?? 'view')) return abortNavigation(createError({ statusCode: 403, fatal: true }))
})
