import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('../../../server/api/', import.meta.url))

export interface RouteFile {
  method: string
  path: string
  /** `?action=…` of each thing the route can do. */
  queries: string[]
}

/** Every file of server/api, but for the one that takes what is left, as Nitro makes routes of them. */
export const routeFiles = globSync('**/*.ts', { cwd: folder })
  .filter((file) => !file.includes('[...]'))
  .map((file): RouteFile => {
    const [, path, method] = /^(.*?)(?:\/?index)?\.(get|post|put|delete|patch)\.ts$/.exec(file)!
    const source = readFileSync(folder + file, 'utf8')
    const actions = source.includes('orderActions')
      ? ['import', 'init_order']
      : [...source.matchAll(/^ {2}(\w+): action\(/gm)].map((match) => match[1])
    return {
      method: method!.toUpperCase(),
      path: `/api/${path}`,
      queries: actions.length > 0 ? actions.map((name) => `?action=${name}`) : [''],
    }
  })
