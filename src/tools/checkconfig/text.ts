// What checkconfig says to people: findings by file, each with the line it is about, and a summary.
import { printable } from '../../up/printable.ts'
import type { JobCounts, Outcome, Remark } from './outcome.ts'

/** How the text looks. */
export interface Looks {
  readonly color: boolean
  /** Text of each file. Key: its path, as in places. */
  readonly texts: ReadonlyMap<string, string>
  /** How a file is called. */
  readonly shown: (file: string) => string
}

type Style = 'bold' | 'dim' | Remark['severity']
const codes: Readonly<Record<Style, string>> = { bold: '1', dim: '2', error: '31', warning: '33', note: '36' }

// Longer lines than this are cut around the place.
const maxWidth = 120

/** The whole report. */
export function outcomeText(outcome: Outcome, looks: Looks): string {
  const paint = (style: Style, text: string) => (looks.color ? `\u001b[${codes[style]}m${text}\u001b[0m` : text)
  const byFile = Map.groupBy(outcome.remarks, ({ place }) => place?.file ?? '')
  const files = [...byFile].sort(([a], [b]) => (a < b ? -1 : 1))
  const parts = files.map(([file, remarks]) => {
    const ordered = remarks.toSorted((a, b) => (a.place?.line ?? 0) - (b.place?.line ?? 0))
    const lines = (looks.texts.get(file) ?? '').split('\n')
    const head = file === '' ? [] : [paint('bold', printable(looks.shown(file)))]
    return [...head, ...ordered.map((each) => remarkText(each, lines, paint))].join('\n')
  })
  return `${[...parts, summary(outcome)].join('\n\n')}\n`
}

function remarkText(remark: Remark, lines: readonly string[], paint: (style: Style, text: string) => string): string {
  const { severity, place, code, field, message, hint } = remark
  const at = place ? `${place.line}:${place.column}`.padEnd(8) : ''
  const said = printable(field === '' ? message : `${field}: ${message}`)
  const head = `  ${at}${paint(severity, severity)}  ${said}  ${paint('dim', code)}`
  const line = place && lines[place.line - 1]
  // An empty line shows nothing, nor does a file that could not be read.
  const excerpt = !line?.trim() || place === undefined ? [] : excerptOf(line, place, paint)
  return [head, ...excerpt, ...(hint === undefined ? [] : [`          ${paint('dim', `= ${printable(hint)}`)}`])].join(
    '\n',
  )
}

function excerptOf(
  line: string,
  { line: number, column }: { line: number; column: number },
  paint: (style: Style, text: string) => string,
): string[] {
  const from = column > maxWidth ? column - maxWidth / 2 : 0
  // Character by character, so that the caret stays under its place.
  const shown = line.slice(from, from + maxWidth).replace(/./gsu, printable)
  const bar = paint('dim', '|')
  return [
    `  ${paint('dim', String(number).padStart(7))} ${bar} ${shown.trimEnd()}`,
    `          ${bar} ${' '.repeat(column - 1 - from)}${paint('error', '^')}`,
  ]
}

/** `2 errors, 1 warning; 5 jobs: 3 presubmits, 1 postsubmit, 1 periodic, in 2 repositories`. */
function summary({ remarks, jobs }: Outcome): string {
  const severities = (['error', 'warning', 'note'] as const).flatMap((severity) => {
    const count = remarks.filter((remark) => remark.severity === severity).length
    return count > 0 ? [counted(count, severity)] : []
  })
  const findings = severities.length > 0 ? severities.join(', ') : 'No findings'
  return jobs === undefined ? `${findings}; the configuration cannot be loaded` : `${findings}; ${jobsText(jobs)}`
}

function jobsText({ presubmits, postsubmits, periodics, repos }: JobCounts): string {
  const types = [
    counted(presubmits, 'presubmit'),
    counted(postsubmits, 'postsubmit'),
    counted(periodics, 'periodic'),
  ].join(', ')
  const where = repos === 1 ? '1 repository' : `${repos} repositories`
  return `${counted(presubmits + postsubmits + periodics, 'job')}: ${types}, in ${where}`
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`
