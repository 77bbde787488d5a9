import type { NitroApp } from 'nitropack/types'
import { defineNitroPlugin } from 'nitropack/runtime'
import { pageHeaders } from '../http/security-headers.ts'

/** Nuxt's own hook, which `defineNitroPlugin` does not know. */
type RenderHook = (
  name: 'render:response',
  run: (response: { body?: unknown; headers?: Record<string, string | undefined> }) => void,
) => void

/**
 * Gives the pages their Content-Security-Policy. Not in development, whose hot reload lives on inline scripts and a
 * socket.
 */
export default defineNitroPlugin((nitro: NitroApp) => {
  if (import.meta.dev) return
  let headersOf: { body: string; headers: Record<string, string> } | undefined
  const hook = nitro.hooks.hook.bind(nitro.hooks) as unknown as RenderHook
  hook('render:response', (response) => {
    const body = String(response.body)
    if (headersOf?.body !== body) headersOf = { body, headers: pageHeaders(body) }
    response.headers = { ...response.headers, 'x-powered-by': undefined, ...headersOf.headers }
    delete response.headers['x-powered-by']
  })
})
