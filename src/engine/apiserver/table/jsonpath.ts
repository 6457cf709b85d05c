// The part of JSONPath that printer columns use: .a.b, ['a.b'], [0], [*].
import { isJson } from '../object.ts'

/** Finds the values of a path in an object. */
export type JsonPath = (object: unknown) => readonly unknown[]

type Step = { readonly field: string } | { readonly index: number } | 'all'

const step = /\.([A-Za-z0-9_$@/-](?:[^.[\]'"\\]|\\.)*)|\[\s*(?:'([^']*)'|"([^"]*)"|(-?\d+)|(\*))\s*\]|\.(\*)/y

/** Compiles a path. Undefined when it is none of this subset. */
export function compileJsonPath(path: string): JsonPath | undefined {
  const text = path.replace(/^\{(.*)\}$/, '$1').replace(/^\$/, '')
  const steps: Step[] = []
  step.lastIndex = 0
  while (step.lastIndex < text.length) {
    const match = step.exec(text)
    if (!match) return undefined
    const [, plain, single, double, index, star, dotStar] = match
    if (plain !== undefined) steps.push({ field: plain.replaceAll(/\\(.)/g, '$1') })
    else if (star || dotStar) steps.push('all')
    else if (index !== undefined) steps.push({ index: Number(index) })
    else steps.push({ field: single ?? double ?? '' })
  }
  return (object) =>
    steps.reduce<readonly unknown[]>((values, one) => values.flatMap((value) => take(value, one)), [object])
}

function take(value: unknown, one: Step): readonly unknown[] {
  if (one === 'all') return Array.isArray(value) ? value : isJson(value) ? Object.values(value) : []
  if ('index' in one) {
    if (!Array.isArray(value)) return []
    const item = value.at(one.index)
    return item === undefined ? [] : [item]
  }
  return isJson(value) && Object.hasOwn(value, one.field) ? [value[one.field]] : []
}
