import type { Finding } from './finding.ts'

const LIMIT = 10_000
/** Orders carry goBox's times; a clock that is further off puts them on the wrong side of midnight. */
const MOST_SKEW = 60_000

interface Reached {
  finding: Finding
  /** How far our clock is ahead of theirs, in milliseconds; `null` where they do not tell. */
  skew: number | null
}

/** Whether anything answers by HTTP at an upstream's address: whatever it says, it is there. */
export async function checkReach(upstream: string, url: string): Promise<Reached> {
  const name = `能连上 ${upstream}（${url}）`
  try {
    const begin = Date.now()
    const response = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(LIMIT) })
    await response.body?.cancel()
    const theirs = Date.parse(response.headers.get('date') ?? '')
    const ours = (begin + Date.now()) / 2
    return { finding: { name, problem: null }, skew: Number.isNaN(theirs) ? null : ours - theirs }
  } catch (error) {
    const { cause, message } = error as Error & { cause?: { code?: string } }
    const reason = cause?.code ?? message
    return { finding: { name, problem: `没有回答（${reason}），请检查地址、网络和防火墙` }, skew: null }
  }
}

/** Whether this machine's clock agrees with the upstreams' `Date` headers, which are cut to seconds. */
export function checkClock(reached: Reached[]): Finding {
  const skews = reached.flatMap(({ skew }) => skew ?? [])
  if (skews.length === 0) return { name: '时钟（没有可以对照的回答）', problem: null }
  const least = skews.reduce((a, b) => (Math.abs(a) < Math.abs(b) ? a : b))
  const isOff = Math.abs(least) > MOST_SKEW
  const seconds = Math.round(Math.abs(least) / 1000)
  const problem = `比上游${least > 0 ? '快' : '慢'} ${seconds} 秒，请打开时间同步（timedatectl set-ntp true）`
  return { name: '时钟', problem: isOff ? problem : null }
}
