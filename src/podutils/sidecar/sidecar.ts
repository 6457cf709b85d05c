// sidecar: waits for the tests of a Pod to end, and uploads their logs, their artifacts and the verdict.
import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import type { JobSpec, WrapperOptions } from '../../api/pod-utilities.ts'
import { finishedOf, mainRefs, staticRevision } from '../../jobs/results.ts'
import { type Censor, loadCensor } from '../censor/censor.ts'
import { readJobSpec } from '../job-spec.ts'
import { createLog, type Log, messageOf } from '../log.ts'
import { isObject, utility } from '../options.ts'
import { type Extra, upload } from '../upload/upload.ts'
import type { World } from '../world.ts'
import { entryKey, mergedMetadata } from './metadata.ts'
import { readSidecar, type SidecarSettings } from './options.ts'
import { type Ending, type Verdict, verdictOf, waitForEnding } from './wait.ts'

/** Exit status 0 whatever the tests did and whether the upload went well; with `entry_error`, 1 when a test failed. */
export const sidecar = utility('sidecar', async (world, args) => {
  const capture = captured(world)
  const { log } = capture
  const settings = readSidecar(world, args)
  let spec: JobSpec
  try {
    spec = readJobSpec(world)
  } catch (error) {
    log.error('Failed to report job status', { error })
    return 0
  }
  const round = (outcome: Outcome, signal?: AbortSignal) =>
    report({ world, settings, spec, capture, outcome, ...(signal ? { signal } : {}) })

  const bestEffort = new AbortController()
  let interrupted: Promise<unknown> | undefined
  let waiting = true
  const stopListening = world.onEndSignal((name) => {
    if (!waiting || settings.ignoreInterrupts) log.warn('Ignoring interrupt', { signal: name })
    else if (!interrupted) {
      log.error('Received an interrupt, uploading what there is', { signal: name })
      const verdict = { passed: false, aborted: true, failures: 0 }
      interrupted = round({ verdict, problems: {} }, bestEffort.signal)
    }
  })
  try {
    const endings = await Promise.all(settings.entries.map((entry) => waitForEnding(entry, world.clock)))
    waiting = false
    log.info('All tests have ended', { codes: endings.map(({ code }) => code) })
    bestEffort.abort(new Error('the tests have ended, a full report follows'))
    await interrupted // one at a time: both write the same files
    await tellLost(settings.entries, endings, world)
    const verdict = verdictOf(endings)
    await round({ verdict, problems: problemsOf(settings.entries, endings) })
    return settings.entryError && verdict.failures > 0 ? 1 : 0
  } finally {
    stopListening()
  }
})

interface Outcome {
  readonly verdict: Verdict
  /** By entry. */
  readonly problems: Readonly<Record<string, string>>
}

interface Report {
  readonly world: World
  readonly settings: SidecarSettings
  readonly spec: JobSpec
  readonly capture: Capture
  readonly outcome: Outcome
  readonly signal?: AbortSignal
}

/** Censors and uploads. A failure is logged, since nobody could do anything about it here. */
async function report({ world, settings, spec, capture, outcome, signal }: Report): Promise<void> {
  const { log } = capture
  try {
    const { gcs, entries, censoring } = settings
    const censor = await loadCensor(censoring, log)
    const metadata = censor.value(await mergedMetadata(entries, outcome.problems))
    const { passed, aborted } = outcome.verdict
    const finished = finishedOf({
      timestamp: Math.floor(world.clock.now() / 1000),
      passed,
      result: passed ? 'SUCCESS' : aborted ? 'ABORTED' : 'FAILURE',
      metadata: isObject(metadata) ? metadata : {},
      revision: staticRevision(mainRefs(spec)),
    })
    await upload({
      spec,
      options: gcs,
      extras: [
        ...entries.map((entry) => logExtra(entry, entries.length > 1, censor)),
        { name: 'sidecar-logs.json', content: async () => censor.text(capture.text()) },
      ],
      last: [{ name: 'finished.json', content: async () => JSON.stringify(finished) }],
      open: censor.artifact,
      storage: world.storage,
      clock: world.clock,
      log,
      ...(signal ? { signal } : {}),
    })
  } catch (error) {
    log.error('Failed to report job status', { error })
  }
}

function logExtra({ process_log: path, container_name = '' }: WrapperOptions, several: boolean, censor: Censor): Extra {
  return {
    name: several ? `${container_name}-build-log.txt` : 'build-log.txt',
    async content() {
      try {
        return await censor.log(path)
      } catch (error) {
        return `Failed to open ${path}: ${messageOf(error)}\n`
      }
    },
  }
}

function problemsOf(entries: readonly WrapperOptions[], endings: readonly Ending[]): Record<string, string> {
  return Object.fromEntries(
    entries.flatMap((entry, index) => {
      const error = endings[index]?.error
      return error ? [[entryKey(index, entry), error]] : []
    }),
  )
}

/** The log of a test is where people look for why it ended. */
async function tellLost(entries: readonly WrapperOptions[], endings: readonly Ending[], world: World): Promise<void> {
  for (const [index, { process_log }] of entries.entries()) {
    const { lost, error } = endings[index] ?? {}
    if (!lost) continue
    let line = ''
    createLog('sidecar', world.clock, (text) => {
      line = text
    }).error('Entrypoint is gone', { error })
    try {
      const file = await open(
        process_log,
        constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK,
      )
      await file.writeFile(line).finally(() => file.close())
    } catch {
      // finished.json tells it too.
    }
  }
}

interface Capture {
  readonly log: Log
  /** What was logged so far. */
  text(): string
}

function captured(world: World): Capture {
  const lines: string[] = []
  const log = createLog('sidecar', world.clock, (line) => {
    lines.push(line)
    void world.stderr(line)
  })
  return { log, text: () => lines.join('') }
}
