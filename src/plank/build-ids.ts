// Build ids: numbers that grow, either made here or given out by tot.
import { request } from 'undici'
import type { Clock } from '../system/clock.ts'

/** Gives every run of a job its number, as decimal text. */
export interface BuildIds {
  /** Throws when no number can be had; the caller tries again later. */
  next(jobName: string, signal?: AbortSignal): Promise<string>
}

// Twitter's epoch, milliseconds; snowflakes count from it.
const snowflakeEpoch = 1_288_834_974_657n
const stepsPerMs = 4096n

/** Numbers of 19 digits made of time, node and a counter within the millisecond. @param node 0 to 1023. */
export function snowflakes(clock: Clock, node = 1n): BuildIds {
  let last = 0
  let step = 0n
  return {
    async next(_jobName, signal) {
      for (;;) {
        // A clock that was set back must not make numbers fall.
        const now = Math.max(clock.now(), last)
        if (now > last) {
          last = now
          step = 0n
        } else if (step + 1n < stepsPerMs) step++
        else {
          await clock.sleep(1, signal)
          continue
        }
        return String(((BigInt(now) - snowflakeEpoch) << 22n) | (node << 12n) | step)
      }
    },
  }
}

const attempts = 10
const timeoutMs = 30_000

/** Numbers from a tot server. @param url Its base address. */
export function tot(url: string, clock: Clock): BuildIds {
  const base = url.replace(/\/+$/, '')
  return {
    async next(jobName, signal) {
      let problem: unknown
      for (let attempt = 1; attempt <= attempts; attempt++) {
        if (attempt > 1) await clock.sleep(100 * 2 ** (attempt - 2), signal)
        const answer = await request(`${base}/vend/${encodeURI(jobName)}`, {
          headersTimeout: timeoutMs,
          bodyTimeout: timeoutMs,
          signal: signal ?? null,
        }).catch((error: unknown) => {
          problem = error
        })
        if (answer?.statusCode === 200) return answer.body.text()
        if (!answer) continue
        await answer.body.dump()
        problem = `HTTP ${answer.statusCode}`
      }
      const why = problem instanceof Error ? problem.message : String(problem)
      throw new Error(`tot at ${base} gave no build id for ${jobName} in ${attempts} attempts: ${why}`)
    },
  }
}
