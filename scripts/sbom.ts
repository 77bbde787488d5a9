import { readFileSync } from 'node:fs'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

/*
 * The packages that the app is made of, as CycloneDX, from the lock file. `npm sbom` refuses where any package's wish
 * for a peer is not met, which says nothing about what is there.
 */

interface Locked {
  version: string
  dev?: boolean
  license?: string
  integrity?: string
  resolved?: string
}

const root = fileURLToPath(new URL('..', import.meta.url))
const read = (file: string) => JSON.parse(readFileSync(root + file, 'utf8'))
const { name, version } = read('package.json') as { name: string; version: string }
const { packages } = read('package-lock.json') as { packages: Record<string, Locked> }

/** The address of a package in the npm registry (https://github.com/package-url/purl-spec). */
function purlOf(packageName: string, packageVersion: string): string {
  return `pkg:npm/${packageName.replace('@', '%40')}@${packageVersion}`
}

function toComponent([path, { version, license, integrity, resolved }]: [string, Locked]) {
  const packageName = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)
  const purl = purlOf(packageName, version)
  return {
    type: 'library',
    'bom-ref': purl,
    name: packageName,
    version,
    purl,
    ...(license && {
      licenses: [/\s(?:OR|AND|WITH)\s|\(/.test(license) ? { expression: license } : { license: { name: license } }],
    }),
    ...(integrity?.startsWith('sha512-') && {
      hashes: [{ alg: 'SHA-512', content: Buffer.from(integrity.slice(7), 'base64').toString('hex') }],
    }),
    ...(resolved && { externalReferences: [{ type: 'distribution', url: resolved }] }),
  }
}

const shipped = Object.entries(packages)
  .filter(([path, { dev }]) => path !== '' && !dev)
  .map(toComponent)
const components = [...new Map(shipped.map((component) => [component.purl, component])).values()].sort((a, b) =>
  a.purl < b.purl ? -1 : 1,
)

process.stdout.write(
  `${JSON.stringify(
    {
      bomFormat: 'CycloneDX',
      specVersion: '1.5',
      version: 1,
      metadata: {
        timestamp: new Date().toISOString(),
        component: { type: 'application', 'bom-ref': purlOf(name, version), name, version },
      },
      components,
    },
    null,
    2,
  )}\n`,
)
