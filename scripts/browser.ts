import { spawn, spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import process from 'node:process'
import { chromium } from '@playwright/test'

const downloadLimit = 120_000
const aptLimit = 600_000

const advice =
  'No Chromium to test with: install one (Debian: apt-get install chromium fonts-noto-cjk)' +
  ' or set CHROMIUM_PATH to the program of an installed one.'

/** An installed Chromium, else Playwright's own, else `undefined`; installs nothing. */
export function findChromium(): string | undefined {
  const { CHROMIUM_PATH, PATH = '' } = process.env
  if (CHROMIUM_PATH) {
    if (!isProgram(CHROMIUM_PATH)) throw new Error(`CHROMIUM_PATH names no program: ${CHROMIUM_PATH}`)
    return CHROMIUM_PATH
  }
  // The shell draws the same pages in about two thirds of the time, since it has no window's machinery.
  const installed = ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
    .flatMap((name) => PATH.split(delimiter).map((folder) => join(folder, name)))
    .find(isProgram)
  if (installed !== undefined) return installed
  return existsSync(chromium.executablePath()) ? chromium.executablePath() : undefined
}

/** Finds a Chromium or brings one, with a font for Chinese where the distribution has it. */
export async function ensureChromium(): Promise<string> {
  let found = findChromium()
  if (found === undefined) {
    console.log('No Chromium here; asking Playwright for its own …')
    await succeeds('npx', ['playwright', 'install', 'chromium'], downloadLimit)
    found = findChromium()
  }
  const fonts = hasChineseFont() ? [] : ['fonts-noto-cjk']
  if ((found === undefined || fonts.length > 0) && mayUseApt()) {
    await succeeds('apt-get', ['update'], aptLimit)
    // Older distributions have no package of the shell alone.
    const browsers = found === undefined ? [['chromium-headless-shell'], ['chromium']] : [[]]
    for (const browser of browsers) if (await installs([...browser, ...fonts])) break
    found ??= findChromium()
  }
  if (found === undefined) throw new Error(advice)
  return found
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** Without one, screenshots show boxes; macOS and Windows bring theirs. */
function hasChineseFont(): boolean {
  if (process.platform !== 'linux') return true
  return spawnSync('fc-list', [':lang=zh'], { encoding: 'utf8' }).stdout?.trim() ? true : false
}

function installs(packages: string[]): Promise<boolean> {
  console.log(`Installing ${packages.join(' and ')} from the distribution …`)
  return succeeds('apt-get', ['install', '-y', '--no-install-recommends', ...packages], aptLimit)
}

function mayUseApt(): boolean {
  return process.getuid?.() === 0 && spawnSync('apt-get', ['--version']).status === 0
}

/** A group of its own, so that the limit also ends the helpers that the command starts. */
function succeeds(command: string, args: string[], limit: number): Promise<boolean> {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT: '10000' }
  const child = spawn(command, args, { stdio: 'ignore', env, detached: true })
  const timer = setTimeout(() => process.kill(-child.pid!, 'SIGKILL'), limit)
  return new Promise((resolve) => {
    child.once('error', () => resolve(false)).once('close', (code) => resolve(code === 0))
  }).finally(() => clearTimeout(timer)) as Promise<boolean>
}

if (import.meta.main) {
  try {
    console.log(await ensureChromium())
  } catch (error) {
    console.error((error as Error).message)
    process.exitCode = 1
  }
}
