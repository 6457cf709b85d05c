// Names and words of people in one sentence of the bot: shown as code, and no more of them than anybody reads.
import { asCode } from './as-code.ts'

/** Characters of one name. */
const longest = 100
const most = 50

const cut = (text: string): string => (text.length > longest ? `${text.slice(0, longest).toWellFormed()}…` : text)

/** With commas between them; of many the first, and how many more there are. */
export function codeList(texts: readonly string[]): string {
  const more = texts.length - most
  const shown = texts.slice(0, most).map((text) => asCode(cut(text)))
  return shown.join(', ') + (more > 0 ? ` and ${more} more` : '')
}
