import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const read = (file: string) => readFileSync(file, 'utf8')
const sources = read('server/metrics/families.ts') + read('server/services/expose-metrics.ts')
const families = new Set([...sources.matchAll(/'(gobox_\w+)'/g)].map(([, name]) => name!))
const named = (text: string) =>
  [...new Set([...text.matchAll(/\bgobox_\w+/g)].map(([name]) => name.replace(/_(?:bucket|sum|count)$/, '')))].sort()

interface Dashboard {
  panels: { id: number; title: string; targets: { expr: string }[] }[]
}

const promtool = spawnSync('promtool', ['--version']).status === 0

describe('what docs/monitoring holds', () => {
  it.each(['README.md', 'grafana-dashboard.json', 'alert-rules.yml'])(
    '%s names only metrics that there are',
    (file) => {
      expect(named(read('docs/monitoring/' + file)).filter((name) => !families.has(name))).toEqual([])
    },
  )

  it('the README names every metric', () => {
    expect(named(read('docs/monitoring/README.md'))).toEqual([...families].sort())
  })

  it('the dashboard has a question in every panel, and each panel once', () => {
    const { panels } = JSON.parse(read('docs/monitoring/grafana-dashboard.json')) as Dashboard
    expect(panels.length).toBeGreaterThan(10)
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length)
    for (const { title, targets } of panels)
      expect(targets.map(({ expr }) => expr).join(), title).toMatch(/(?:gobox|process|nodejs)_\w+\{job=~"\$job"/)
  })

  it.skipIf(!promtool)('Prometheus takes the alert rules as they are', () => {
    const said = execFileSync('promtool', ['check', 'rules', 'docs/monitoring/alert-rules.yml'], { encoding: 'utf8' })
    expect(said).toContain('SUCCESS: 12 rules found')
  })
})
