// Go's fmt on whole values: what print, println and an action of a template write.
import { textBuilder } from './budget.ts'
import { type GoMethod, goTypeName, methodNamed, type StructType } from './go-types.ts'
import { followed, type GoValue, goValue, itemOf, sortedKeys, string } from './go-values.ts'
import { formatBool, formatGoFloat, formatInt, formatString, padded, plain, type Verb } from './verb.ts'

/** What an action writes. Throws CallError when it is too long. */
export function printed(value: GoValue): string {
  return value.kind === 'none' ? '<no value>' : formatted(followed(value), plain)
}

/** fmt.Sprint: a blank between two values neither of which is a text. */
export function sprint(values: readonly GoValue[]): string {
  const text = textBuilder()
  for (const [index, value] of values.entries()) {
    const before = values[index - 1]
    if (before !== undefined && before.kind !== 'string' && value.kind !== 'string') text.add(' ')
    text.add(formatted(value, plain))
  }
  return text.text()
}

/** fmt.Sprintln: blanks between all values, and a line end. */
export function sprintln(values: readonly GoValue[]): string {
  const text = textBuilder()
  for (const [index, value] of values.entries()) text.add(`${index > 0 ? ' ' : ''}${formatted(value, plain)}`)
  return `${text.text()}\n`
}

/** One value by one verb. */
export function formatted(value: GoValue, verb: Verb, depth = 0): string {
  if (verb.letter === 'T') {
    if (value.kind === 'none') return padded('<nil>', verb)
    return formatString(goTypeName(value.type), { ...verb, letter: 's' }) ?? ''
  }
  if (value.kind === 'none') return verb.letter === 'v' ? padded('<nil>', verb) : `%!${verb.letter}(<nil>)`
  if (verb.letter === 'p') return addressOf(value) ?? badVerb(value, verb)
  return stringer(value, verb) ?? plainOf(value, verb) ?? composite(value, verb, depth) ?? badVerb(value, verb)
}

/** Flags and width hold inside of the complaint, too. */
function badVerb(value: Exclude<GoValue, { kind: 'none' }>, verb: Verb): string {
  const shown = { ...verb, letter: 'v' }
  return `%!${verb.letter}(${goTypeName(value.type)}=${plainOf(value, shown) ?? composite(value, shown, 0) ?? ''})`
}

/** What a method String gives, for the verbs of texts. */
function stringer(value: GoValue, verb: Verb): string | undefined {
  if (!/^[vsxXq]$/.test(verb.letter) || verb.goSyntax) return undefined
  if (value.kind === 'pointer' && value.data === undefined) {
    const { to } = value.type
    return to.kind === 'struct' && stringOf(to, undefined) !== undefined ? '<nil>' : undefined
  }
  const target = value.kind === 'pointer' ? value.data : value
  if (target?.kind !== 'struct') return undefined
  const result = stringOf(target.type, target.data)?.call([])
  return result?.kind === 'string' ? formatString(result.data, verb) : undefined
}

const stringOf = (type: StructType, raw: unknown): ReturnType<GoMethod> | undefined => {
  const method = methodNamed(type, raw, 'String')
  return method?.params.length === 0 ? method : undefined
}

function plainOf(value: GoValue, verb: Verb): string | undefined {
  switch (value.kind) {
    case 'string':
      return formatString(value.data, verb)
    case 'bool':
      return formatBool(value.data, verb)
    case 'int':
    case 'uint':
      return formatInt(value.data, verb)
    case 'float':
      return formatGoFloat(value.data, verb)
    default:
      return undefined
  }
}

function composite(value: GoValue, verb: Verb, depth: number): string | undefined {
  const inner = (item: GoValue) => formatted(item, verb, depth + 1)
  const isGo = verb.goSyntax
  const name = value.kind === 'none' ? '' : goTypeName(value.type)
  switch (value.kind) {
    case 'pointer':
      return pointer(value, verb, depth)
    case 'slice': {
      if (isGo && value.data === undefined) return `${name}(nil)`
      const items = (value.data ?? []).map((raw) => inner(itemOf(value.type.of, raw)))
      return isGo ? joined(`${name}{`, items, ', ', '}') : joined('[', items, ' ', ']')
    }
    case 'map':
    case 'loose': {
      if (isGo && value.data === undefined) return `${name}(nil)`
      const of = value.kind === 'map' ? value.type.of : value.type
      const pairs = sortedKeys(value.data).map((key) => {
        return `${inner(string(key))}:${inner(itemOf(of, value.data?.[key]))}`
      })
      return isGo ? joined(`${name}{`, pairs, ', ', '}') : joined('map[', pairs, ' ', ']')
    }
    case 'struct': {
      const isNamed = verb.withNames || isGo
      const fields = value.type.fields.map(({ name: field, type, read }) => {
        const shown = inner(goValue(type, read(value.data)))
        return isNamed ? `${field}:${shown}` : shown
      })
      return isGo ? joined(`${name}{`, fields, ', ', '}') : joined('{', fields, ' ', '}')
    }
    default:
      return undefined
  }
}

function joined(open: string, items: readonly string[], between: string, close: string): string {
  const text = textBuilder()
  text.add(open)
  for (const [index, item] of items.entries()) text.add(index === 0 ? item : between + item)
  text.add(close)
  return text.text()
}

/** Go writes the address of what lies deeper; here it is always the same one. */
const address = '0xc000000000'

function addressOf(value: GoValue): string | undefined {
  if (value.kind !== 'pointer' && value.kind !== 'slice' && value.kind !== 'map') return undefined
  return value.data === undefined ? '0x0' : address
}

function pointer(value: Extract<GoValue, { kind: 'pointer' }>, verb: Verb, depth: number): string | undefined {
  const { data } = value
  const isComposite = data !== undefined && ['slice', 'map', 'struct', 'loose'].includes(data.kind)
  if (depth === 0 && isComposite) return `&${formatted(data, verb, depth + 1)}`
  if (/^[bodxX]$/.test(verb.letter)) return formatInt(data === undefined ? 0n : BigInt(address), verb)
  if (verb.letter !== 'v') return undefined
  if (verb.goSyntax) return `(${goTypeName(value.type)})(${data === undefined ? 'nil' : address})`
  return padded(data === undefined ? '<nil>' : address, verb)
}
