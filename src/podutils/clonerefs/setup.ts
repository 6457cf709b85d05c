// What has to be in place before the first clone: SSH keys, known hosts, cookies.
import { createHash } from 'node:crypto'
import { appendFile, mkdir, readdir, readFile, stat } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import type { CloneCommand, CloneRecord, ClonerefsOptions } from '../../api/pod-utilities.ts'
import { type Log, messageOf } from '../log.ts'
import { type Runner, record } from './command.ts'

export interface Setup {
  readonly record: CloneRecord
  /** Environment of the clones: the given one and what the set-up adds. */
  readonly env: Runner['env']
  /** Ends what was started. */
  close(): Promise<void>
}

/** Does it step by step; the first failure marks the record and ends it. */
export async function setUp(options: ClonerefsOptions, runner: Runner, tempDir: string, log: Log): Promise<Setup> {
  const commands: CloneCommand[] = []
  const added: Record<string, string> = {}
  const here = () => ({ ...runner, env: { ...runner.env, ...added } })
  const step = async (program: string, ...args: string[]) => {
    const done = await record(here(), { cwd: '/', program, args })
    commands.push(done)
    if (done.error) throw new StepFailed()
    return done.output ?? ''
  }
  const golang = async (what: string, work: () => Promise<void>) => {
    const error = await work().then(
      () => undefined,
      (failure) => messageOf(failure),
    )
    commands.push({ command: `golang: ${what}`, ...(error ? { error } : {}) })
    if (error) throw new StepFailed()
  }

  let failed = false
  try {
    if (options.key_files?.length) {
      Object.assign(added, agentVariables(await step('ssh-agent')))
      for (const key of options.key_files) for (const file of await keyFiles(key)) await step('ssh-add', file)
    }
    if (options.host_fingerprints?.length) {
      const knownHosts = join(tempDir, 'known_hosts')
      await golang(`append "${knownHosts}"`, async () => {
        await mkdir(tempDir, { recursive: true })
        await appendFile(knownHosts, options.host_fingerprints?.join('\n') ?? '', { mode: 0o644 })
      })
      await golang('lookup ssh path', async () => {
        added.GIT_SSH_COMMAND = `${await onPath('ssh', runner.env)} -o UserKnownHostsFile=${knownHosts}`
      })
    }
    if (options.cookie_path) {
      await logCookies(options.cookie_path, log)
      if (options.refs.some((refs) => !refs.skip_submodules)) {
        await step('git', 'config', '--global', 'http.cookiefile', options.cookie_path)
      }
    }
  } catch (error) {
    if (!(error instanceof StepFailed)) commands.push({ command: 'environment setup', error: messageOf(error) })
    failed = true
  }
  return {
    record: { refs: { org: '', repo: '' }, commands, ...(failed ? { failed } : {}) },
    env: here().env,
    async close() {
      if (added.SSH_AGENT_PID) await record(here(), { cwd: '/', program: 'ssh-agent', args: ['-k'] })
    },
  }
}

// Its command is in the record already.
class StepFailed extends Error {}

/** SSH_AUTH_SOCK and SSH_AGENT_PID out of what ssh-agent prints for a shell. */
function agentVariables(printed: string): Record<string, string> {
  const pieces = printed.split(';')
  const pairs = [pieces[0], pieces[2]].map((piece) => /^(\w+)=(.*)$/s.exec(piece?.trim() ?? ''))
  if (pairs.some((pair) => pair === null)) throw new Error(`cannot understand ssh-agent: ${printed}`)
  return Object.fromEntries(pairs.map((pair) => [pair?.[1] ?? '', pair?.[2] ?? '']))
}

/** The file, or all files below the folder; names that begin with `..` are how Kubernetes keeps old versions. */
async function keyFiles(path: string): Promise<string[]> {
  if (!(await stat(path)).isDirectory()) return [path]
  const names = (await readdir(path)).filter((name) => !name.startsWith('..')).sort()
  return (await Promise.all(names.map((name) => keyFiles(join(path, name))))).flat()
}

async function onPath(program: string, env: Runner['env']): Promise<string> {
  for (const folder of (env.PATH ?? '').split(delimiter)) {
    const path = join(folder || '.', program)
    const found = await stat(path).catch(() => undefined)
    if (found?.isFile() && (found.mode & 0o111) !== 0) return path
  }
  throw new Error(`exec: "${program}": executable file not found in $PATH`)
}

async function logCookies(path: string, log: Log): Promise<void> {
  try {
    log.info('Cookie file', {
      path,
      md5: createHash('md5')
        .update(await readFile(path))
        .digest('hex'),
    })
  } catch (error) {
    log.warn('Cannot read the cookie file', { path, error })
  }
}
