// An explained job as YAML that people can read and copy: each value with a comment that says where it comes from.
import { dump } from 'js-yaml'
import type { SourcePlace } from '../../config/types.ts'
import type { Path } from '../../config/yaml.ts'
import { printable } from '../../up/printable.ts'
import type { Explanation, Origin } from './explain.ts'

/** How the text looks. */
export interface Looks {
  readonly color: boolean
  /** How a file is called. */
  readonly shown: (file: string) => string
}

// Values that are longer push their comment to the right.
const commentColumn = 48

/** One YAML document per job. */
export function explanationText(jobs: readonly Explanation[], looks: Looks): string {
  return jobs.map((job) => documentOf(job, looks)).join('---\n')
}

interface Line {
  readonly text: string
  readonly comment?: string
}

function documentOf({ type, repo, job, values }: Explanation, { color, shown }: Looks): string {
  const paint = (code: number, text: string) => (color ? `\u001b[${code}m${text}\u001b[0m` : text)
  const at = (place: SourcePlace) => `${shown(place.file)}:${place.line}`
  const heading = `# ${type} ${job.name}${repo === '' ? '' : ` of ${repo}`}${job.source ? `, ${at(job.source)}` : ''}`
  const lines = linesOf(values.map((each) => ({ ...each, comment: originText(each.origin, at) })))
  const longest = Math.max(0, ...lines.map(({ text, comment }) => (comment === undefined ? 0 : text.length)))
  const column = Math.min(longest, commentColumn)
  return [
    paint(1, printable(heading)),
    ...lines.map(({ text, comment }) => {
      if (comment === undefined) return printable(text)
      return `${printable(text).padEnd(column)}  ${paint(2, printable(`# ${comment}`))}`
    }),
    '',
  ].join('\n')
}

/** `config.yaml:12 default_decoration_config_entries[0], for all jobs`. */
function originText({ from, what = '', place }: Origin, at: (place: SourcePlace) => string): string {
  const words = {
    preset: ['preset', what],
    'built-in default': [from, what && `(${what})`],
  }[from as string] ?? [what]
  return [...(place ? [at(place)] : []), ...words].filter((word) => word !== '').join(' ')
}

/** Lines of YAML, those with a value with its comment. */
function linesOf(
  values: readonly { readonly path: Path; readonly value: unknown; readonly comment: string }[],
): Line[] {
  const lines: Line[] = []
  let before: Path = []
  for (const { path, value, comment } of values) {
    const differs = path.findIndex((part, depth) => part !== before[depth])
    let begun = ''
    for (let depth = differs; depth < path.length; depth++) {
      const part = path[depth] ?? ''
      if (begun === '') begun = ' '.repeat(indent(path, depth))
      begun += typeof part === 'number' ? '- ' : `${scalar(part)}:`
      if (typeof part === 'number' || depth === path.length - 1) continue
      lines.push({ text: begun })
      begun = ''
    }
    const [first = '', ...more] = scalar(value).split('\n')
    lines.push({ text: begun.endsWith(' ') ? begun + first : `${begun} ${first}`, comment })
    const margin = ' '.repeat(indent(path, path.length - 1))
    lines.push(...more.map((line) => ({ text: line === '' ? '' : margin + line })))
    before = path
  }
  return lines
}

/** Column of a part of a path: lists stand as far to the left as the key they stand under. */
const indent = (path: Path, depth: number): number =>
  path.slice(0, depth).filter((part, index) => typeof part === 'number' || typeof path[index + 1] === 'string').length *
  2

/** A plain value as YAML; one with line breaks takes several lines. */
const scalar = (value: unknown): string => dump(value, { lineWidth: -1, flowLevel: 0 }).replace(/\n$/, '')
