// Runs the git command, free of the settings of the machine and the person that runs the simulator.
import { spawn } from 'node:child_process'
import { helperEnvironment } from '../../system/process.ts'

/** What a finished git left behind. */
export interface GitResult {
  readonly code: number
  readonly stdout: Buffer
  readonly stderr: string
}

/** A git that ended with a code that its caller did not expect. */
class GitFailure extends Error {
  readonly result: GitResult

  constructor(args: readonly string[], result: GitResult) {
    super(`git ${args.slice(0, 3).join(' ')} ended with ${result.code}: ${result.stderr.trim()}`)
    this.name = 'GitFailure'
    this.result = result
  }
}

// Nothing is inherited: neither tokens nor what would point git at another repository, as when the simulator is started from a
// git hook.
const isolated = {
  ...helperEnvironment,
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_TERMINAL_PROMPT: '0',
  LC_ALL: 'C',
}

/** Starts git in `dir` with additional variables; the caller owns its streams. */
export function startGit(dir: string, args: readonly string[], variables: Readonly<Record<string, string>> = {}) {
  return spawn('git', args, { cwd: dir, env: { ...isolated, ...variables }, stdio: ['pipe', 'pipe', 'pipe'] })
}

/** Runs git to its end. Fails with GitFailure when its exit code is not among `accept`. */
export function runGit(
  dir: string,
  args: readonly string[],
  { input, accept = [0] }: { input?: string | Buffer; accept?: readonly number[] } = {},
): Promise<GitResult> {
  return new Promise((resolve, reject) => {
    const child = startGit(dir, args)
    const out: Buffer[] = []
    const err: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk))
    child.on('error', reject)
    child.on('close', (code) => {
      const result = { code: code ?? -1, stdout: Buffer.concat(out), stderr: Buffer.concat(err).toString('utf8') }
      if (accept.includes(result.code)) resolve(result)
      else reject(new GitFailure(args, result))
    })
    child.stdin.on('error', () => {}) // git may end before it has read everything; its exit code tells
    child.stdin.end(input ?? '')
  })
}

/** Standard output as trimmed text. */
export async function gitText(dir: string, args: readonly string[], input?: string): Promise<string> {
  const { stdout } = await runGit(dir, args, input === undefined ? {} : { input })
  return stdout.toString('utf8').trim()
}
