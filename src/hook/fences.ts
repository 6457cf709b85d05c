// Removes fenced code blocks from a comment, so that a command that is only shown does not run.

/**
 * A block starts at a line that begins with three back-ticks or tildes and ends at the next line that consists of them.
 * A block that is never closed is text. Unlike upstream, CRLF counts as a line end.
 */
export function withoutFences(text: string): string {
  const lines = text.split('\n')
  const closing = (fence: string) => lines.flatMap((line, index) => (line.replace(/\r$/, '') === fence ? [index] : []))
  const closings = { '```': closing('```'), '~~~': closing('~~~') }
  const kept: string[] = []
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] ?? ''
    const fence = line.startsWith('```') ? '```' : line.startsWith('~~~') ? '~~~' : undefined
    const ends = fence && closings[fence]
    while (ends && (ends[0] ?? Number.POSITIVE_INFINITY) <= index) ends.shift()
    const end = ends?.[0]
    if (end === undefined) kept.push(line)
    else index = end
  }
  return kept.join('\n')
}
