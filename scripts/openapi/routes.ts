import { globSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { EventHandler } from 'h3'
import { descriptionOf, type RouteDescription } from '../../server/http/describe-route.ts'
import measure from '../../server/routes/metrics.ts'

const folder = fileURLToPath(new URL('../../server/api/', import.meta.url))

export interface DescribedRoute {
  method: 'get' | 'post' | 'put' | 'delete'
  /** `/api/devices/{id}` */
  path: string
  description: RouteDescription
}

/**
 * What every route of server/api and the metrics tell of themselves, by path and method. Throws for one that tells
 * nothing.
 */
export async function readRoutes(): Promise<DescribedRoute[]> {
  const files = globSync('**/*.ts', { cwd: folder }).filter((file) => !file.includes('[...]'))
  const routes = files.map(async (file) => {
    const [, path, method] = /^(.*?)(?:\/?index)?\.(get|post|put|delete)\.ts$/.exec(file)!
    const route = (await import(`${folder}${file}`)) as { default: EventHandler }
    const description = descriptionOf(route.default)
    if (!description) throw new Error(`server/api/${file} tells nothing of itself: use defineApi or describeRoute`)
    return {
      method: method as DescribedRoute['method'],
      path: `/api/${path!.replaceAll('[', '{').replaceAll(']', '}')}`,
      description,
    }
  })
  const metrics = { method: 'get' as const, path: '/metrics', description: descriptionOf(measure)! }
  const key = ({ path, method }: DescribedRoute) => `${path} ${method}`
  return [...(await Promise.all(routes)), metrics].sort((a, b) => (key(a) < key(b) ? -1 : 1))
}
