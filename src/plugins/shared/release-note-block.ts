// The block of a description in which authors write their release note.
import { compileRe2 } from '../../config/re2.ts'

const block = compileRe2(
  '(?s)(?:Release note\\*\\*:\\s*(?:<!--[^<>]*-->\\s*)?```(?:release-note)?|```release-note)(.+?)```',
)

/** What the first block of a text says, trimmed; undefined when there is none. */
export const releaseNoteIn = (text: string): string | undefined => block.exec(text)?.groups[0]?.trim()

/** The text with another note in its first block; undefined when there is no block. Everything around it stays as it is. */
export function withReleaseNote(text: string, note: string): string | undefined {
  const found = block.exec(text)
  const before = found?.groups[0]
  if (!found || before === undefined) return undefined
  const end = found.index + found.text.length - '```'.length
  return `${text.slice(0, end - before.length)}\r\n${note}\r\n${text.slice(end)}`
}
