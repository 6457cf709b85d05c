// Flags as Prow's programs take them: Go's syntax (-x and --x are the same, --x=y, booleans without a value or with =value).
import { suggestion } from '../config/did-you-mean.ts'
import { parseDuration } from '../config/durations.ts'

/** One flag of a command. `T` is the type of its value. */
export interface Flag<T> {
  /** Turns the texts given (in order; none when the flag was not given) into the value; throws with a sentence about what is wrong. */
  readonly read: (given: readonly string[]) => T
  /** A boolean flag needs no value. */
  readonly boolean: boolean
  /** What help shows for the value, e.g. `<path>`. */
  readonly value: string
  /** Default as help shows it; empty for none. */
  readonly shown: string
  readonly about: string
  /** Upstream's programs have it; here it changes nothing, and help does not list it. */
  readonly ignored?: true
  /** The flag that this is another name of: of both together the last one counts. */
  readonly sameAs?: string
}
export type Flags = Readonly<Record<string, Flag<unknown>>>
export type Values<F extends Flags> = { readonly [K in keyof F]: F[K] extends Flag<infer T> ? T : never }

interface About {
  readonly about: string
}

const last = (given: readonly string[]): string | undefined => given.at(-1)

/** Kinds of flags. */
export const flag = {
  text: ({ about, default: fallback = '' }: About & { default?: string }): Flag<string> => ({
    read: (given) => last(given) ?? fallback,
    boolean: false,
    value: '<text>',
    shown: fallback,
    about,
  }),
  /** One of a few words; the first is the default. */
  choice: <const Words extends readonly [string, ...string[]]>({
    about,
    choices,
  }: About & { choices: Words }): Flag<Words[number]> => ({
    read: (given) => {
      const text = last(given) ?? choices[0]
      const chosen = choices.find((choice) => choice === text)
      if (chosen === undefined) throw new Error(`"${text}" is not one of ${choices.join(', ')}`)
      return chosen
    },
    boolean: false,
    value: `<${choices.join('|')}>`,
    shown: choices[0],
    about,
  }),
  path: ({ about, default: fallback = '' }: About & { default?: string }): Flag<string> => ({
    read: (given) => last(given) ?? fallback,
    boolean: false,
    value: '<path>',
    shown: fallback,
    about,
  }),
  /** Each use adds one; the default holds when there is none. */
  list: ({ about, default: fallback = [] }: About & { default?: readonly string[] }): Flag<readonly string[]> => ({
    read: (given) => (given.length > 0 ? given : fallback),
    boolean: false,
    value: '<text>',
    shown: fallback.join(', '),
    about: `${about} May be given more than once.`,
  }),
  bool: ({ about, default: fallback = false }: About & { default?: boolean }): Flag<boolean> => ({
    read: (given) => {
      const text = last(given)
      if (text === undefined) return fallback
      if (['true', 't', '1', 'TRUE', 'True', 'T'].includes(text)) return true
      if (['false', 'f', '0', 'FALSE', 'False', 'F'].includes(text)) return false
      throw new Error(`"${text}" is not a boolean: say true or false`)
    },
    boolean: true,
    value: '',
    shown: String(fallback),
    about,
  }),
  number: ({ about, default: fallback = 0, max }: About & { default?: number; max?: number }): Flag<number> => ({
    read: (given) => {
      const text = last(given) ?? String(fallback)
      const number = Number(text)
      if (!/^-?\d+(\.\d+)?$/.test(text) || (max !== undefined && (number > max || number < 0))) {
        throw new Error(`"${text}" is not a number${max === undefined ? '' : ` from 0 to ${max}`}`)
      }
      return number
    },
    boolean: false,
    value: '<number>',
    shown: String(fallback),
    about,
  }),
  /** A TCP port; 0 is any free one. */
  port: ({ about, default: fallback }: About & { default: number }): Flag<number> => ({
    ...flag.number({ about: `${about} 0 is any free one.`, default: fallback, max: 65_535 }),
    value: '<port>',
  }),
  /** Taken, so that upstream's command lines work as they are, but without any effect. The value: whether it was given. */
  ignored: ({ boolean = false }: { boolean?: boolean } = {}): Flag<boolean> => ({
    read: (given) => given.length > 0,
    boolean,
    value: '',
    shown: '',
    about: '',
    ignored: true,
  }),
  /** A Go duration; the value is in milliseconds. */
  duration: ({ about, default: fallback }: About & { default: string }): Flag<number> => ({
    read: (given) => parseDuration(last(given) ?? fallback),
    boolean: false,
    value: '<duration>',
    shown: fallback,
    about,
  }),
}

/** Wrong use of a command: the message says what and how to do it right. Ends with exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/**
 * Reads the arguments of a command.
 * @throws UsageError for an unknown flag, a missing value, or a value that the flag refuses.
 */
export function parseFlags<F extends Flags>(
  flags: F,
  args: readonly string[],
): { values: Values<F>; rest: readonly string[] } {
  const given = new Map<string, string[]>()
  const rest: string[] = []
  for (let index = 0; index < args.length; index++) {
    const arg = args[index] ?? ''
    if (arg === '--') {
      rest.push(...args.slice(index + 1))
      break
    }
    const match = /^--?([A-Za-z][\w.-]*)(?:=([\s\S]*))?$/.exec(arg)
    if (!match) {
      rest.push(arg)
      continue
    }
    const name = match[1] ?? ''
    const known = flags[name]
    if (!known) throw new UsageError(`unknown flag --${name}${suggestion(name, Object.keys(flags))}`)
    const value = match[2] ?? (known.boolean ? 'true' : args[++index])
    if (value === undefined) throw new UsageError(`--${name} needs a value: --${name}=${known.value}`)
    const target = known.sameAs ?? name
    given.set(target, [...(given.get(target) ?? []), value])
  }
  const values: Record<string, unknown> = {}
  for (const [name, { read, sameAs = name }] of Object.entries(flags)) {
    try {
      values[name] = read(given.get(sameAs) ?? [])
    } catch (error) {
      throw new UsageError(`--${name}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  return { values: values as Values<F>, rest }
}
