// Clones one repository at one state, and tells how it went.
import type { CloneCommand, CloneRecord, ClonerefsOptions } from '../../api/pod-utilities.ts'
import type { Refs } from '../../api/prowjob.ts'
import { messageOf } from '../log.ts'
import { type Askpass, type Credentials, withoutUser } from './askpass.ts'
import { type Runner, record, retryWaits, run } from './command.ts'
import { cloneUri, planClone, type Step } from './plan.ts'
import { withoutSecrets } from './records.ts'

export interface Cloning {
  readonly options: ClonerefsOptions
  readonly runner: Runner
  readonly askpass: Askpass
  /** Undefined: clone without. */
  readonly credentials: ((org: string) => Promise<Credentials>) | undefined
}

/** Never throws: what goes wrong marks the record as failed. */
export async function clone(refs: Refs, { options, runner, askpass, credentials }: Cloning): Promise<CloneRecord> {
  const start = runner.clock.now()
  const commands: CloneCommand[] = []
  const failed = (): CloneRecord => ({ refs, commands, failed: true })
  try {
    const granted = await credentials?.(refs.org)
    const uri = granted ? withoutUser(cloneUri(refs)) : cloneUri(refs)
    const plan = planClone(refs, uri, options)
    const hiddenEnv = granted ? askpass.env(uri, granted) : {}
    const secrets = granted ? [granted.password] : []

    const step = async ({ retried, datedBaseTimePlus, ...command }: Step, baseTime = 0): Promise<boolean> => {
      const time = String(baseTime + (datedBaseTimePlus ?? 0))
      const dated = datedBaseTimePlus === undefined ? {} : { GIT_AUTHOR_DATE: time, GIT_COMMITTER_DATE: time }
      const utc = datedBaseTimePlus === undefined ? {} : { TZ: 'UTC' }
      const done = await record(
        runner,
        { ...command, env: dated, hiddenEnv: { ...hiddenEnv, ...utc } },
        retried ? retryWaits : [],
      )
      commands.push(withoutSecrets(done, secrets))
      return done.error === undefined
    }

    for (const next of plan.checkout) if (!(await step(next))) return failed()
    const baseTime = plan.merges.length > 0 ? await headTime(runner, plan.dir) : 0
    for (const next of plan.merges) if (!(await step(next, baseTime))) return failed()
    for (const next of plan.submodules) if (!(await step(next))) return failed()

    const head = await run(runner, { cwd: plan.dir, program: 'git', args: ['rev-parse', 'HEAD'] })
    const duration = (runner.clock.now() - start) * 1e6
    return {
      refs,
      commands,
      ...(head.error ? {} : { final_sha: head.output.trim() }),
      ...(duration > 0 ? { duration } : {}),
    }
  } catch (error) {
    commands.push({ command: `clone ${refs.org}/${refs.repo}`, error: messageOf(error) })
    return failed()
  }
}

/** Seconds of the commit that is checked out. */
async function headTime(runner: Runner, dir: string): Promise<number> {
  const shown = await run(runner, { cwd: dir, program: 'git', args: ['show', '-s', '--format=format:%ct', 'HEAD'] })
  const seconds = /^\d+$/.exec(shown.output.trim())
  return seconds ? Number(seconds[0]) : Math.floor(runner.clock.now() / 1000)
}
