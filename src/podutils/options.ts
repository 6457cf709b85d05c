// How a utility gets its options: JSON in its environment variable, or else flags.
import { optionVariables, type PodUtility } from '../api/pod-utilities.ts'
import { FlagError } from './flags.ts'
import { createLog, type Log, messageOf } from './log.ts'
import type { Utility, World } from './world.ts'

/** Options or an environment that cannot be used; the program ends with 1. The message is for people. */
export class OptionsError extends Error {
  override readonly name = 'OptionsError'
}

type Kind = 'text' | 'texts' | 'bool' | 'whole' | 'object' | 'objects' | 'map'
/** Which JSON type each key has; other keys are ignored. */
export type Shape<Options> = { readonly [Key in keyof Required<Options>]: Kind }

/**
 * The options. If the variable exists, even empty, its JSON is all there is and flags are not looked at.
 * Throws OptionsError or FlagError.
 */
export function readOptions<Options>(
  world: World,
  utility: PodUtility,
  shape: Shape<Options>,
  fromFlags: () => Options,
): Options {
  const variable = optionVariables[utility]
  const json = world.env[variable]
  return json === undefined ? fromFlags() : parseJson<Options>(json, shape, `environment variable ${variable}`)
}

/** Checks the types of the known keys, leaves out nulls and unknown keys. Throws OptionsError. */
function parseJson<Options>(json: string, shape: Shape<Options>, where: string): Options {
  let parsed: unknown
  try {
    parsed = JSON.parse(json)
  } catch (error) {
    throw new OptionsError(`could not load config from ${where}: ${messageOf(error)}`)
  }
  return check(parsed, shape, where)
}

/** The same for a value that has been parsed. */
export function check<Options>(parsed: unknown, shape: Shape<Options>, where: string): Options {
  if (!isObject(parsed)) throw new OptionsError(`could not load config from ${where}: it must be a JSON object`)
  const options: Record<string, unknown> = {}
  for (const [key, kind] of Object.entries<Kind>(shape)) {
    const value = parsed[key]
    if (value === undefined || value === null) continue
    if (!fits(value, kind)) {
      throw new OptionsError(
        `could not load config from ${where}: ${key} must be ${words[kind]}, not ${JSON.stringify(value)}`,
      )
    }
    options[key] = value
  }
  return options as Options
}

const words: Readonly<Record<Kind, string>> = {
  text: 'a string',
  texts: 'a list of strings',
  bool: 'true or false',
  whole: 'a whole number',
  object: 'an object',
  objects: 'a list of objects',
  map: 'an object of strings',
}

function fits(value: unknown, kind: Kind): boolean {
  if (kind === 'text') return typeof value === 'string'
  if (kind === 'bool') return typeof value === 'boolean'
  if (kind === 'whole') return Number.isInteger(value)
  if (kind === 'texts') return Array.isArray(value) && value.every((item) => typeof item === 'string')
  if (kind === 'objects') return Array.isArray(value) && value.every(isObject)
  if (kind === 'map') return isObject(value) && Object.values(value).every((item) => typeof item === 'string')
  return isObject(value)
}

/** True for a JSON object. */
export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Wraps the work of a utility: bad flags end it with 2, any other failure with a fatal log line and 1. */
export function utility(name: PodUtility, run: (world: World, args: readonly string[], log: Log) => Promise<number>) {
  const guarded: Utility = async (world, args) => {
    const log = createLog(name, world.clock, (line) => void world.stderr(line))
    try {
      return await run(world, args, log)
    } catch (error) {
      if (error instanceof FlagError) {
        await world.stderr(`${error.message}\n`)
        return 2
      }
      log.fatal(error instanceof OptionsError ? error.message : `${name} failed`, { error })
      return 1
    }
  }
  return guarded
}
