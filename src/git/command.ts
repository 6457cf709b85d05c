// Runs the git command: nothing inherited, bounded in time, output and number, and gone when its caller gives up.
import { spawn } from 'node:child_process'
import type { Clock } from '../system/clock.ts'
import { helperEnvironment } from '../system/process.ts'
import { signalGroup } from '../system/signals.ts'
import { failureOf, withoutSecrets } from './failures.ts'
import { GitError } from './git.ts'
import { turns } from './turns.ts'

/** One run of git. */
export interface GitCommand {
  /** For messages: what it is about, such as `org/repo`. */
  readonly about: string
  /** Folder it runs in. */
  readonly cwd: string
  readonly args: readonly string[]
  readonly input?: string | Buffer
  readonly env?: Readonly<Record<string, string>>
  /** Settings of git for this run only; in its environment, so that no other user of the machine reads them. */
  readonly settings?: Settings
  /** Taken out of everything that git says. */
  readonly secrets?: readonly string[]
  /** Exit codes that are an answer; 0 when not given. */
  readonly accept?: readonly number[]
  readonly timeLimitMs?: number
  /** Standard output that is longer is a failure. */
  readonly mostBytes?: number
  readonly signal?: AbortSignal | undefined
}

export type Settings = readonly (readonly [key: string, value: string])[]

export interface Ran {
  readonly code: number
  readonly stdout: Buffer
  /** Its last 64 KB, without secrets. */
  readonly stderr: string
}

/** Throws GitError, or the reason of the signal. */
export type RunGit = (command: GitCommand) => Promise<Ran>

const defaultLimits = { timeLimitMs: 5 * 60_000, mostBytes: 64 * 1024 * 1024 }
const mostStderr = 64 * 1024
const graceMs = 5000

// Nothing of the machine, of a person, or of a repository may change what git does or run a program.
const isolated = {
  ...helperEnvironment,
  LC_ALL: 'C',
  TZ: 'UTC',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_TERMINAL_PROMPT: '0',
  GIT_LITERAL_PATHSPECS: '1',
  GIT_NO_REPLACE_OBJECTS: '1',
  GIT_SSH_COMMAND: 'ssh -o BatchMode=yes',
  GIT_AUTHOR_NAME: 'prow',
  GIT_AUTHOR_EMAIL: 'prow@localhost',
  GIT_COMMITTER_NAME: 'prow',
  GIT_COMMITTER_EMAIL: 'prow@localhost',
}
const always: Settings = [
  ['core.hooksPath', '/dev/null'],
  ['core.fsmonitor', 'false'],
  ['core.logAllRefUpdates', 'false'],
  // Mirrors of a volume may have been made by another user.
  ['safe.directory', '*'],
  ['commit.gpgSign', 'false'],
  ['credential.helper', ''],
  ['fetch.recurseSubmodules', 'false'],
  ['submodule.recurse', 'false'],
  ['init.defaultBranch', 'main'],
  // Tidying up is done when there is time (upkeep.ts).
  ['gc.auto', '0'],
  ['gc.autoDetach', 'false'],
  ['maintenance.auto', 'false'],
  ['protocol.allow', 'never'],
  ['protocol.http.allow', 'always'],
  ['protocol.https.allow', 'always'],
  ['protocol.ssh.allow', 'always'],
  // A server that says nothing at all for so many seconds is gone; one that is busy sends signs of life.
  ['http.lowSpeedLimit', '1'],
  ['http.lowSpeedTime', '300'],
]

/** @param most How many run at once; the others wait. */
export function gitRunner({ clock, most }: { clock: Clock; most: number }): RunGit {
  const takeTurn = turns(most)
  return async (command) => {
    const done = await takeTurn(command.signal)
    try {
      return await run(clock, command)
    } finally {
      done()
    }
  }
}

function run(clock: Clock, command: GitCommand): Promise<Ran> {
  const { timeLimitMs, mostBytes, args, signal } = { ...defaultLimits, ...command }
  return new Promise((resolve, reject) => {
    // A process group of its own, because git starts helpers that have to end with it.
    const child = spawn('git', args, {
      cwd: command.cwd,
      env: environmentOf(command),
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
    })
    const out: Buffer[] = []
    const err: Buffer[] = []
    let [outBytes, errBytes] = [0, 0]
    let ended: unknown
    let cancelKill = () => {}

    const end = (why: unknown) => {
      if (ended !== undefined || child.pid === undefined) return
      ended = why
      const group = child.pid
      signalGroup(group, 'SIGTERM') // lets git remove its temporary files
      cancelKill = clock.after(graceMs, () => signalGroup(group, 'SIGKILL'))
    }
    const tooLate = () => new GitError('unavailable', `${title(command)} took longer than ${timeLimitMs / 1000} s`)
    const cancelLimit = clock.after(timeLimitMs, () => end(tooLate()))
    const abort = () => end(signal?.reason)
    signal?.addEventListener('abort', abort, { once: true })

    child.stdout.on('data', (chunk: Buffer) => {
      outBytes += chunk.length
      if (outBytes <= mostBytes) out.push(chunk)
      else end(new GitError('failed', `${title(command)} said more than ${mostBytes} bytes`))
    })
    child.stderr.on('data', (chunk: Buffer) => {
      errBytes += chunk.length
      err.push(chunk)
      while (err.length > 1 && errBytes - (err[0]?.length ?? 0) >= mostStderr) errBytes -= err.shift()?.length ?? 0
    })
    child.stdin.on('error', () => {}) // git may end before it has read everything; its exit code tells
    child.stdin.end(command.input ?? '')
    const cleanUp = () => {
      cancelLimit()
      cancelKill()
      signal?.removeEventListener('abort', abort)
    }
    child.on('error', (error) => {
      cleanUp()
      reject(new GitError('failed', `git cannot be started: ${error.message}`))
    })
    child.on('close', (code) => {
      cleanUp()
      if (ended !== undefined) return reject(ended)
      const said = Buffer.concat(err).toString('utf8')
      const ran = { code: code ?? -1, stdout: Buffer.concat(out), stderr: withoutSecrets(said, command.secrets ?? []) }
      if ((command.accept ?? [0]).includes(ran.code)) resolve(ran)
      else reject(failureOf(title(command), ran))
    })
  })
}

const title = ({ about, args }: GitCommand): string => `${about}: git ${args[0]}`

function environmentOf({ env, settings = [] }: GitCommand): Record<string, string> {
  const all = [...always, ...settings]
  const pairs = all.flatMap(([key, value], index) => [
    [`GIT_CONFIG_KEY_${index}`, key],
    [`GIT_CONFIG_VALUE_${index}`, value],
  ])
  return { ...isolated, ...Object.fromEntries(pairs), GIT_CONFIG_COUNT: String(all.length), ...env }
}
