// Texts of strangers in comments of the bot: shown in full, never carried out, and no more of them than a comment has room for.

/** A text as Markdown code on one line: nothing in it ends the code, mentions anybody or turns the reading direction. */
export function asCode(text: string): string {
  const plain = text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ').trim()
  if (plain === '') return ''
  const longest = Math.max(0, ...[...plain.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  const pad = longest > 0 ? ' ' : ''
  return `${fence}${pad}${plain}${pad}${fence}`
}

/** A link to an address that holds a stranger's text, such as a path. */
export const codeLink = (text: string, url: string): string =>
  `[${asCode(text)}](${url.replaceAll('(', '%28').replaceAll(')', '%29')})`

/** Characters. A comment takes 65,536, and may hold two lists and more. */
const roomForList = 20_000

/** Lines of a list, each on a line of its own; of too many the first, and how many more there are. */
export function boundedList(lines: readonly string[], room = roomForList): string {
  const shown: string[] = []
  for (const line of lines) {
    room -= line.length + 1
    if (room < 0) return [...shown, `- … and ${lines.length - shown.length} more`].join('\n')
    shown.push(line)
  }
  return shown.join('\n')
}
