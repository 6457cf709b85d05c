// YAML of a repository: a parsed file with what its readers need to say where something is wrong, and what stands there.
import { type Path, parseYaml, YamlError } from '../config/yaml.ts'
import type { Problem } from './text.ts'

export type YamlMap = Readonly<Record<string, unknown>>

/** A parsed file. */
export interface Source {
  readonly value: unknown
  /** A problem with the value at the path. */
  problem(path: Path, message: string): Problem
  /** A plain value as it is written: `on` stays `on`, and `0x10` stays `0x10`. */
  written(path: Path, value: string | number | boolean): string
}

/** Parses the first document of a text. */
export function readYaml(text: string): Source | Problem {
  try {
    const file = parseYaml(text, 'the file')
    let lines: readonly string[] | undefined
    return {
      value: file.value,
      problem: (path, message) => ({ line: file.place(path).line, message }),
      written: (path, value) => {
        if (typeof value === 'string') return value
        lines ??= text.split('\n')
        const { line, column } = file.place(path)
        const around = lines[line - 1] ?? ''
        // Behind an alias the value is written somewhere else.
        if (/[*"']/.test(around.slice(Math.max(0, column - 2), column))) return String(value)
        const [token] = /^[^\s,\]}]+/.exec(around.slice(column - 1, column + 99)) ?? []
        return token ?? String(value)
      },
    }
  } catch (error) {
    if (error instanceof YamlError) return { line: error.place.line, message: error.message }
    throw error
  }
}

export const isMap = (value: unknown): value is YamlMap =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The key of a field: as written here, or else in other letter case. Of several the last one counts. */
export const keyOf = (map: YamlMap, name: string): string =>
  Object.hasOwn(map, name) ? name : (Object.keys(map).findLast((key) => key.toLowerCase() === name) ?? name)
