import { readFileSync } from 'node:fs'

/** What a run of tests came to: how many passed, and those that failed by name. */
export interface Outcome {
  passed: number
  failed: string[]
}

interface VitestReport {
  numPassedTests: number
  testResults: {
    name: string
    status: string
    assertionResults: { fullName: string; status: string; failureMessages: string[] | null }[]
  }[]
}

interface PlaywrightSuite {
  specs: { title: string; file: string; tests: { projectName: string; status: string }[] }[]
  suites?: PlaywrightSuite[]
}

interface PlaywrightReport {
  stats: { expected: number; flaky: number }
  suites: PlaywrightSuite[]
}

const NOTHING: Outcome = { passed: 0, failed: [] }

/** The outcome of Vitest's JSON report at `path`; nothing where none was written. */
export function readVitest(path: string): Outcome {
  const report = readReport<VitestReport>(path)
  if (!report) return NOTHING
  const failed = report.testResults.flatMap(({ name, status, assertionResults }) => {
    const tests = assertionResults
      .filter((test) => test.status === 'failed')
      .map((test) => `${name}: ${test.fullName}: ${firstLine(test.failureMessages?.[0])}`)
    // A file that cannot be loaded has no tests.
    return status === 'failed' && tests.length === 0 ? [name] : tests
  })
  return { passed: report.numPassedTests, failed }
}

/** The outcome of Playwright's JSON report at `path`; nothing where none was written. */
export function readPlaywright(path: string): Outcome {
  const report = readReport<PlaywrightReport>(path)
  if (!report) return NOTHING
  return { passed: report.stats.expected + report.stats.flaky, failed: report.suites.flatMap(unexpectedOf) }
}

function unexpectedOf(suite: PlaywrightSuite): string[] {
  const own = suite.specs.flatMap(({ title, file, tests }) =>
    tests
      .filter(({ status }) => status === 'unexpected')
      .map(({ projectName }) => `[${projectName}] ${file}: ${title}`),
  )
  return [...own, ...(suite.suites ?? []).flatMap(unexpectedOf)]
}

function firstLine(message = ''): string {
  return message.split('\n', 1)[0]!
}

function readReport<T>(path: string): T | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as T
  } catch {
    return undefined
  }
}
