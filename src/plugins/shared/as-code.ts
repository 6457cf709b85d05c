// Texts of strangers in comments of the bot: shown in full, never carried out, and no more of them than a comment has room for.
import { re2 } from '../../config/re2.ts'

/** Back-ticks around a text, so many that nothing in it ends them. @param least Three begin a block. */
export function fenceAround(text: string, least = 1): string {
  let longest = 0
  for (const [run] of text.matchAll(/`+/g)) longest = Math.max(longest, run.length)
  return '`'.repeat(Math.max(least, longest + 1))
}

/** A text as Markdown code on one line: nothing in it ends the code, mentions anybody or turns the reading direction. */
export function asCode(text: string): string {
  const plain = text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ').trim()
  if (plain === '') return ''
  const fence = fenceAround(plain)
  const pad = fence.length > 1 ? ' ' : ''
  return `${fence}${pad}${plain}${pad}${fence}`
}

const ordinary = re2`^[-\w./ ,:()+=]{1,200}$`
/** Code hosts make links of these. */
const link = re2`(?i)(www\.|\bgh-[0-9]|://)`

/** A name, or a path, as it is; one that would mean something to Markdown or to the code host as code. */
export const asName = (text: string): string =>
  ordinary.test(text) && !link.test(text) ? text : asCode(text.slice(0, 500).toWellFormed())

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
