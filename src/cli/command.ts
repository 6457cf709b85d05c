// What a command of the program is: its words, its flags, and a function that returns its exit code.
import type { Machine } from '../system/process.ts'
import type { Flags, Values } from './flags.ts'

/** What a running command is given. */
interface Run<F extends Flags> {
  readonly flags: Values<F>
  /** Arguments that are not flags. */
  readonly rest: readonly string[]
  readonly machine: Machine
}

/** One command. Its help, its page and its parser come from this declaration. */
export interface Command<F extends Flags = Flags> {
  readonly name: string
  /** One sentence. */
  readonly about: string
  readonly flags: F
  /** What stands beside the flags, e.g. `OLD NEW`. Without it nothing may. */
  readonly operands?: string
  /** Command lines as a person would type them, with what each does. */
  readonly examples: readonly (readonly [line: string, does: string])[]
  /** Returns the exit code. Throws UsageError for wrong use (code 2); any other error is code 1. */
  run(run: Run<F>): Promise<number>
}

/** Keeps the types of the flags while a command is declared. */
export const command = <F extends Flags>(declaration: Command<F>): Command<F> => declaration

/** The help of one command, as text for a terminal. */
export function help({ name, about, flags, operands, examples }: Command): string {
  const all = Object.entries(flags)
  const rows = all.flatMap(([flagName, { value, about: meaning, shown, ignored }]) => {
    if (ignored) return []
    const left = `  --${flagName}${value && ` ${value}`}`
    const fallback = shown && shown !== 'false' ? ` (default ${shown})` : ''
    return [[left, meaning + fallback] as const]
  })
  const width = Math.min(42, Math.max(0, ...rows.map(([left]) => left.length)) + 2)
  const lines = rows.map(([left, right]) =>
    left.length < width ? left.padEnd(width) + right : `${left}\n${' '.repeat(width)}${right}`,
  )
  return [
    `bowsprit ${name}: ${about}`,
    '',
    ...(operands === undefined ? [] : [`Usage: bowsprit ${name} ${operands} [flags]`, '']),
    ...(examples.length > 0
      ? ['Examples:', ...examples.flatMap(([line, does]) => [`  ${line}`, `      ${does}`]), '']
      : []),
    ...(lines.length > 0 ? ['Flags:', ...lines, ''] : []),
    ...(all.some(([, { ignored }]) => ignored)
      ? ["Some more of upstream's flags are taken, and change nothing.", '']
      : []),
  ].join('\n')
}
