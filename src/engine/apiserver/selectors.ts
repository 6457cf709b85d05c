// Label and field selectors: parsing their text forms, and matching.
import { keyProblem, labelValueProblem } from './meta.ts'
import { badRequest } from './status.ts'

/** One condition on a label. */
export type Requirement =
  | { readonly key: string; readonly is: 'in' | 'notin'; readonly values: readonly string[] }
  | { readonly key: string; readonly is: 'exists' | 'absent' }
  | { readonly key: string; readonly is: 'gt' | 'lt'; readonly value: number }

/** One condition on a field. */
export interface FieldRequirement {
  readonly field: string
  readonly equal: boolean
  readonly value: string
}

const setBased = /^([^\s!=,()<>]+)\s+(in|notin)\s*\(([^()]*)\)$/
const equality = /^([^\s!=,()<>]+)\s*(==|=|!=)\s*([^\s!=,()<>]*)$/
const comparison = /^([^\s!=,()<>]+)\s*([<>])\s*(-?\d+)$/
const existence = /^(!?)\s*([^\s!=,()<>]+)$/

/** Parses e.g. `a=b,c!=d,e in (f,g),!h`. A selector that Kubernetes would refuse is thrown as 400. */
export function parseLabelSelector(text: string): readonly Requirement[] {
  return splitOutside(text).map((part) => checked(text, requirement(text, part)))
}

function requirement(text: string, part: string): Requirement {
  const set = setBased.exec(part)
  if (set?.[1] && set[3] !== undefined) {
    const values = set[3].split(',').map((value) => value.trim())
    return { key: set[1], is: set[2] === 'in' ? 'in' : 'notin', values }
  }
  const equal = equality.exec(part)
  if (equal?.[1] && equal[3] !== undefined) {
    return { key: equal[1], is: equal[2] === '!=' ? 'notin' : 'in', values: [equal[3]] }
  }
  const compared = comparison.exec(part)
  if (compared?.[1]) return { key: compared[1], is: compared[2] === '>' ? 'gt' : 'lt', value: Number(compared[3]) }
  const exists = existence.exec(part)
  if (exists?.[2]) return { key: exists[2], is: exists[1] ? 'absent' : 'exists' }
  throw badRequest(`unable to parse requirement ${JSON.stringify(part)} of label selector ${JSON.stringify(text)}`)
}

function checked(text: string, one: Requirement): Requirement {
  const problem =
    keyProblem(one.key) ??
    ('values' in one ? one.values.map(labelValueProblem).find((p) => p !== undefined) : undefined)
  if (problem) throw badRequest(`label selector ${JSON.stringify(text)}: ${one.key}: ${problem}`)
  return one
}

// Splits at commas that are not inside parentheses.
function splitOutside(text: string): readonly string[] {
  const parts = text.split(/,(?![^(]*\))/).map((part) => part.trim())
  return parts.length === 1 && parts[0] === '' ? [] : parts
}

/** Whether labels meet every requirement. */
export function matchesLabels(requirements: readonly Requirement[], labels: Readonly<Record<string, string>>): boolean {
  return requirements.every((one) => meets(one, Object.hasOwn(labels, one.key) ? labels[one.key] : undefined))
}

function meets(one: Requirement, value: string | undefined): boolean {
  switch (one.is) {
    case 'in':
      return value !== undefined && one.values.includes(value)
    case 'notin':
      return value === undefined || !one.values.includes(value)
    case 'exists':
      return value !== undefined
    case 'absent':
      return value === undefined
    case 'gt':
      return value !== undefined && Number(value) > one.value
    case 'lt':
      return value !== undefined && Number(value) < one.value
  }
}

/** Parses e.g. `metadata.name=a,status.phase!=Running`. `known` are the kind's selectable fields; another one is a 400. */
export function parseFieldSelector(text: string, known: readonly string[]): readonly FieldRequirement[] {
  const parts = text.split(/(?<!\\),/).filter((part) => part !== '')
  return parts.map((part) => {
    const match = /^([^=!]+)(==|=|!=)(.*)$/s.exec(part)
    const field = match?.[1]?.trim()
    if (!match || field === undefined || match[3] === undefined) {
      throw badRequest(`invalid field selector ${JSON.stringify(text)}: ${JSON.stringify(part)} is no comparison`)
    }
    if (!known.includes(field)) {
      throw badRequest(`field label not supported: ${field}; this kind can be selected by ${known.join(', ')}`)
    }
    return { field, equal: match[2] !== '!=', value: match[3].replaceAll(/\\([\\,=])/g, '$1') }
  })
}

/** Whether fields meet every requirement; a missing field counts as empty. */
export function matchesFields(
  requirements: readonly FieldRequirement[],
  fields: Readonly<Record<string, string>>,
): boolean {
  return requirements.every(({ field, equal, value }) => ((fields[field] ?? '') === value) === equal)
}
