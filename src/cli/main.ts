#!/usr/bin/env node
// bowsprit <command>: finds the command, reads its flags, runs it, and ends the process with its exit code.
import { suggestion } from '../config/did-you-mean.ts'
import { keepCompiledCode } from '../system/compile-cache.ts'
import { exitAfterOutput, keepHeapSmall, type Machine, machine } from '../system/process.ts'
import { help } from './command.ts'
import { commands, findCommand } from './commands.ts'
import { explain } from './explain.ts'
import { parseFlags, UsageError } from './flags.ts'

/** Runs one command line. Returns the exit code: 0 fine, 1 failed, 2 wrong use. */
export async function main(machine: Machine): Promise<number> {
  const [first, ...others] = machine.args
  if (first === undefined || ['help', '--help', '-h'].includes(first)) {
    const about = findCommand(others)
    if (about) return main({ ...machine, args: [...about.name.split(' '), '--help'] })
    machine.stdout.write(overview())
    return 0
  }
  const found = findCommand(machine.args)
  if (!found) {
    const group = groupHelp(first)
    if (group !== '' && machine.args.some(asksForHelp)) {
      machine.stdout.write(group)
      return 0
    }
    machine.stderr.write(`bowsprit: ${unknownCommand(first)}\n`)
    machine.stderr.write('Run "bowsprit help" for the list.\n')
    return 2
  }
  const { name, args } = found
  const { default: command } = await found.entry.load()
  if (args.some(asksForHelp)) {
    machine.stdout.write(help(command))
    return 0
  }
  let given: Readonly<Record<string, unknown>> = {}
  try {
    const { values, rest } = parseFlags(command.flags, args)
    given = values
    const idle = Object.keys(command.flags).filter((flag) => command.flags[flag]?.ignored && values[flag])
    if (rest.length > 0 && command.operands === undefined) throw new UsageError(`"${rest[0]}" is not a flag`)
    if (idle.length > 0) machine.stderr.write(`bowsprit ${name}: without effect here: --${idle.join(', --')}\n`)
    return await command.run({ flags: values, rest, machine })
  } catch (error) {
    const wrongUse = error instanceof UsageError
    const hint = wrongUse ? `\nRun "bowsprit ${name} --help" for its flags.` : ''
    machine.stderr.write(`bowsprit ${name}: ${explain(error, given)}${hint}\n`)
    return wrongUse ? 2 : 1
  }
}

const asksForHelp = (arg: string): boolean => ['--help', '-h', '-help'].includes(arg)

/** The commands whose names begin with the same word; empty when there are none. */
function groupHelp(word: string): string {
  const group = Object.entries(commands).filter(([name]) => name.startsWith(`${word} `))
  return group.map(([name, { about }]) => `bowsprit ${name.padEnd(16)}${about}\n`).join('')
}

function unknownCommand(name: string): string {
  const longer = Object.keys(commands).filter((known) => known.startsWith(`${name} `))
  if (longer.length > 0) return `"${name}" is the beginning of: ${longer.join(', ')}`
  return `unknown command "${name}"${suggestion(name, Object.keys(commands))}`
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

if (import.meta.main) {
  keepHeapSmall()
  keepCompiledCode()
  // A reader that has seen enough is no failure: `bowsprit … | head`.
  machine.stdout.on('error', () => {})
  await exitAfterOutput(await main(machine))
}
