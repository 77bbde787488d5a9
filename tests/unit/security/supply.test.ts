import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const read = (file: string) => JSON.parse(readFileSync(root + file, 'utf8'))

interface Manifest {
  dependencies: Record<string, string>
  devDependencies: Record<string, string>
  allowScripts: Record<string, boolean>
}
interface Locked {
  version: string
  dev?: boolean
  devOptional?: boolean
  hasInstallScript?: boolean
  resolved?: string
  integrity?: string
  link?: boolean
  inBundle?: boolean
}

const manifest = read('package.json') as Manifest
const locked = Object.entries((read('package-lock.json') as { packages: Record<string, Locked> }).packages).filter(
  ([path]) => path !== '',
)
const nameOf = (path: string) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)

describe('the packages', () => {
  it('are asked for in exact versions', () => {
    for (const [name, version] of Object.entries({ ...manifest.dependencies, ...manifest.devDependencies }))
      expect(version, name).toMatch(/^\d+\.\d+\.\d+(?:-[\w.]+)?$/)
  })

  it('are locked with their checksums, all from the registry', () => {
    for (const [path, { resolved, integrity, link, inBundle }] of locked) {
      expect(link, path).toBeFalsy()
      if (resolved !== undefined) expect(resolved, path).toMatch(/^https:\/\//)
      // What another package brings along in its own archive has that one's checksum.
      if (!inBundle) expect(integrity, path).toMatch(/^sha512-/)
    }
  })

  it('run no script at their installation but that of node', () => {
    const decided = Object.fromEntries(
      Object.entries(manifest.allowScripts).map(([key, may]) => [key.replace(/(?<=.)@[\d.]+$/, ''), may]),
    )
    const having = [...new Set(locked.filter(([, entry]) => entry.hasInstallScript).map(([path]) => nameOf(path)))]
    expect(having.filter((name) => !(name in decided))).toEqual([])
    expect(Object.keys(decided).filter((name) => decided[name])).toEqual(['node'])
  })

  it('do not include SheetJS from npm, which is no longer mended there', () => {
    expect(locked.map(([path]) => nameOf(path))).not.toContain('xlsx')
  })
})

describe.skipIf(!existsSync(`${root}.output/server/node_modules`))('the built server', () => {
  it('carries no package that only development needs', () => {
    const folder = `${root}.output/server/node_modules`
    const shipped = readdirSync(folder)
      .filter((name) => !name.startsWith('.'))
      .flatMap((name) =>
        name.startsWith('@') ? readdirSync(`${folder}/${name}`).map((rest) => `${name}/${rest}`) : [name],
      )
    const forDevelopment = new Set(locked.filter(([, entry]) => entry.dev).map(([path]) => nameOf(path)))
    for (const [path, entry] of locked) if (!entry.dev) forDevelopment.delete(nameOf(path))
    expect(shipped.length).toBeGreaterThan(0)
    expect(shipped.filter((name) => forDevelopment.has(name) || name in manifest.devDependencies)).toEqual([])
  })

  it('leaves the flags of V8 as they were at the start of the process', () => {
    const files = readdirSync(`${root}.output/server`, { recursive: true, encoding: 'utf8' })
    const own = files.filter((file) => file.endsWith('.mjs') && !file.startsWith('node_modules'))
    const setting = own.filter((file) =>
      readFileSync(`${root}.output/server/${file}`, 'utf8').includes('setFlagsFromString'),
    )
    expect(own.length).toBeGreaterThan(0)
    expect(setting).toEqual([])
  })
})

describe('npm run sbom', () => {
  it('lists what is shipped as CycloneDX', () => {
    const { stdout, status, stderr } = spawnSync('npm', ['run', '--silent', 'sbom'], { cwd: root, encoding: 'utf8' })
    expect(status, stderr).toBe(0)
    const sbom = JSON.parse(stdout) as { bomFormat: string; components: { name: string; version: string }[] }
    expect(sbom.bomFormat).toBe('CycloneDX')
    const names = sbom.components.map(({ name }) => name)
    expect(names).toEqual(expect.arrayContaining(['better-sqlite3', 'nuxt', 'zod']))
    expect(names).not.toContain('vitest')
  })
})

describe('the known problems of packages', () => {
  it('are none, as far as an advisory database can be reached', (context) => {
    const { stdout } = spawnSync('npm', ['audit', '--omit=dev', '--json'], {
      cwd: root,
      encoding: 'utf8',
      timeout: 25_000,
    })
    const report = (() => {
      try {
        return JSON.parse(stdout) as { metadata?: { vulnerabilities: Record<string, number> } }
      } catch {
        return {}
      }
    })()
    if (!report.metadata) return context.skip('no advisory database can be reached from here')
    const { high = 0, critical = 0 } = report.metadata.vulnerabilities
    expect({ high, critical }).toEqual({ high: 0, critical: 0 })
  })
})
