// The comment that lists the failed tests of a pull request: read back from what was written before, and written anew.

/** Marks the comment as the one to edit. */
export const marker = '<!-- test report -->'

/** A line of the table; `context` is its first column. */
export interface Row {
  readonly context: string
  readonly line: string
}

/** Rows of a comment, in order: the lines after the one of dashes, up to an empty one. */
export function parseRows(body: string): Row[] {
  const rows: Row[] = []
  let inTable = false
  for (const raw of body.split('\n')) {
    const line = raw.trim()
    if (line.startsWith('---')) inTable = true
    else if (line === '') inTable = false
    else if (inTable) rows.push({ context: unescaped(line.split(' | ')[0] ?? ''), line })
  }
  return rows
}

/** What a row tells about a failed job. */
export interface Failure {
  readonly context: string
  readonly sha: string
  readonly url: string
  readonly required: 'true' | 'false' | 'unknown'
  readonly rerunCommand: string
}

export function rowOf({ context, sha, url, required, rerunCommand }: Failure): Row {
  const cells = [
    escaped(oneLine(context)),
    oneLine(sha),
    `[link](${target(url)})`,
    required,
    code(oneLine(rerunCommand)),
  ]
  return { context: oneLine(context), line: cells.join(' | ') }
}

// A row is one line: what comes after a line break could be a command.
const oneLine = (text: string) => text.replace(/\s+/g, ' ').trim()

// Contexts and commands are what somebody's configuration says. They are shown, not carried out: a bar would end the column,
// brackets make a link, `<!--` hides the rest, and an @ calls people. Nothing of this is in an ordinary name.
const escaped = (text: string) => text.replace(/[\\|`*[\]<>]/g, '\\$&').replaceAll('@', '@<!-- -->')
const unescaped = (text: string) => text.replaceAll('@<!-- -->', '@').replace(/\\([\\|`*[\]<>])/g, '$1')

/** A span of code, with more back-ticks around it than there are in it. */
function code(text: string): string {
  const fence = '`'.repeat(1 + Math.max(0, ...(text.match(/`+/g) ?? []).map(({ length }) => length)))
  const space = fence.length > 1 ? ' ' : ''
  return `${fence}${space}${text.replaceAll('|', '\\|')}${space}${fence}`
}

/** An address that ends where it should: inside of the link and of the column. */
const target = (url: string) => url.replace(/[\s|()<>\\`]/g, (char) => `%${hex(char)}`)
const hex = (char: string) => char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')

/**
 * The rows that remain: of several with a context the last one; none of the contexts that are told about now; and behind
 * them those that failed now.
 */
export function mergeRows(before: readonly Row[], told: ReadonlySet<string>, failed: readonly Row[]): Row[] {
  const rows = new Map<string, Row>()
  const now = new Set([...told].map(oneLine))
  for (const row of before) {
    rows.delete(row.context)
    if (!now.has(row.context)) rows.set(row.context, row)
  }
  return [...rows.values(), ...failed]
}

/** What goes below the table. */
export interface Rest {
  readonly author: string
  /** Output of the report template; undefined when none is configured. */
  readonly report: string | undefined
  readonly about: string
}

/** GitHub refuses longer comments. Characters. */
const longest = 65_536

/** The comment. When it would be too long for GitHub, the oldest rows are only counted. */
export function renderComment(rows: readonly Row[], rest: Rest): string {
  for (let left = 0; ; left++) {
    const body = render(rows.slice(left), left, rest)
    if (body.length <= longest || left === rows.length) return body
  }
}

function render(rows: readonly Row[], left: number, { author, report, about }: Rest): string {
  const some = rows.length === 1 ? 'test' : 'tests'
  const head =
    rows.length + left === 0
      ? [`@${author}: all tests **passed!**`, '']
      : [
          `@${author}: The following ${some} **failed**, say \`/retest\` to rerun all failed tests or \`/retest-required\` for all mandatory failed ones:`,
          '',
          'Test name | Commit | Details | Required | Rerun command',
          '--- | --- | --- | --- | ---',
        ]
  return [
    ...head,
    ...rows.map((row) => row.line),
    '',
    ...(left > 0 ? [`${left} more failed.`, ''] : []),
    ...(report === undefined ? [] : [report, '']),
    '<details>',
    '',
    about,
    '</details>',
    marker,
  ].join('\n')
}
