#!/usr/bin/env node
// bowsprit <command>: finds the command, reads its flags, runs it, and ends the process with its exit code.
import { exit, type Machine, machine } from '../system/process.ts'
import { help } from './command.ts'
import { commands } from './commands.ts'
import { explain } from './explain.ts'
import { parseFlags, suggestion, UsageError } from './flags.ts'

/** Runs one command line. Returns the exit code: 0 fine, 1 failed, 2 wrong use. */
export async function main(machine: Machine): Promise<number> {
  const [name, ...args] = machine.args
  if (name === undefined || ['help', '--help', '-h'].includes(name)) {
    const [about] = args
    if (about !== undefined && commands[about]) return main({ ...machine, args: [about, '--help'] })
    machine.stdout.write(overview())
    return 0
  }
  const entry = commands[name]
  if (!entry) {
    machine.stderr.write(`bowsprit: unknown command "${name}"${suggestion(name, Object.keys(commands))}\n`)
    machine.stderr.write('Run "bowsprit help" for the list.\n')
    return 2
  }
  const { default: command } = await entry.load()
  if (args.some((arg) => ['--help', '-h', '-help'].includes(arg))) {
    machine.stdout.write(help(command))
    return 0
  }
  let given: Readonly<Record<string, unknown>> = {}
  try {
    const { values, rest } = parseFlags(command.flags, args)
    given = values
    const idle = Object.keys(command.flags).filter((flag) => command.flags[flag]?.ignored && values[flag])
    if (idle.length > 0) machine.stderr.write(`bowsprit ${name}: without effect here: --${idle.join(', --')}\n`)
    return await command.run({ flags: values, rest, machine })
  } catch (error) {
    const wrongUse = error instanceof UsageError
    const hint = wrongUse ? `\nRun "bowsprit ${name} --help" for its flags.` : ''
    machine.stderr.write(`bowsprit ${name}: ${explain(error, given)}${hint}\n`)
    return wrongUse ? 2 : 1
  }
}

function overview(): string {
  const width = Math.max(...Object.keys(commands).map((name) => name.length)) + 2
  return [
    'Bowsprit: Prow in TypeScript, on one machine or on Kubernetes.',
    '',
    'Usage: bowsprit <command> [flags]',
    '',
    'Commands:',
    ...Object.entries(commands).map(([name, { about }]) => `  ${name.padEnd(width)}${about}`),
    '',
    'Examples:',
    '  bowsprit up --simulator',
    '      Try it: a GitHub that runs here, a sample organisation, and a first job from comment to green check.',
    '  bowsprit up --config-path config.yaml --plugin-config plugins.yaml --github-token-path token --hmac-secret-file hmac',
    '      Work for a real GitHub.',
    '  bowsprit <command> --help',
    '      The flags of a command.',
    '',
  ].join('\n')
}

if (import.meta.main) exit(await main(machine))
