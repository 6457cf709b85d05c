// Runs one command of a clone and keeps what it said.
import { spawn } from 'node:child_process'
import type { CloneCommand } from '../../api/pod-utilities.ts'
import type { Clock } from '../../system/clock.ts'

export interface Command {
  readonly cwd: string
  readonly program: string
  readonly args: readonly string[]
  /** Laid over the environment; shown in the record. */
  readonly env?: Readonly<Record<string, string>>
  /** Laid over the environment; not shown, because it is secret or says nothing. */
  readonly hiddenEnv?: Readonly<Record<string, string>>
}

export interface Runner {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly clock: Clock
}

export interface Ran {
  readonly output: string
  readonly error?: string
}

/** Waits between the attempts of a command that asks a server, in milliseconds. */
export const retryWaits = [100, 200, 400, 800, 2000, 5000, 10_000, 15_000, 30_000]

/** Runs a command and gives its line in the record: the last output, the time of all attempts. */
export async function record(runner: Runner, command: Command, waits: readonly number[] = []): Promise<CloneCommand> {
  const start = runner.clock.now()
  let ran = await run(runner, command)
  for (const wait of waits) {
    if (ran.error === undefined) break
    await runner.clock.sleep(wait)
    ran = await run(runner, command)
  }
  const duration = (runner.clock.now() - start) * 1e6
  return {
    command: commandText(command),
    ...(ran.output ? { output: ran.output } : {}),
    ...(ran.error ? { error: ran.error } : {}),
    ...(duration > 0 ? { duration } : {}),
  }
}

/** As it stands in clone records: folder, variables, program and arguments. */
export function commandText({ cwd, env = {}, program, args }: Command): string {
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`)
  return `PWD=${cwd} ${variables.join(' ')} ${program} ${args.join(' ')}`
}

/** Runs a command to its end. Failure is in `error`, in Go's words. */
export function run({ env }: Runner, command: Command): Promise<Ran> {
  return new Promise((resolve) => {
    const child = spawn(command.program, command.args, {
      cwd: command.cwd,
      env: { ...terse(env), ...env, GIT_TERMINAL_PROMPT: '0', ...command.hiddenEnv, ...command.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const chunks: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk))
    const output = () => Buffer.concat(chunks).toString()
    child.on('error', (error) => resolve({ output: output(), error: error.message }))
    child.on('close', (code, signal) => {
      if (code === 0) resolve({ output: output() })
      else resolve({ output: output(), error: signal ? `signal: ${signal}` : `exit status ${code}` })
    })
  })
}

/** Settings that keep git's advice to beginners out of records, unless the environment brings settings of its own. */
function terse(env: Runner['env']): Record<string, string> {
  if (env.GIT_CONFIG_COUNT !== undefined) return {}
  return {
    GIT_CONFIG_COUNT: '2',
    GIT_CONFIG_KEY_0: 'advice.detachedHead',
    GIT_CONFIG_VALUE_0: 'false',
    GIT_CONFIG_KEY_1: 'init.defaultBranch',
    GIT_CONFIG_VALUE_1: 'master',
  }
}
