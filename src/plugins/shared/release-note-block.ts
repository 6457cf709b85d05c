// The block of a description in which authors write their release note.
import { compileRe2 } from '../../config/re2.ts'

const block = compileRe2(
  '(?s)(?:Release note\\*\\*:\\s*(?:<!--[^<>]*-->\\s*)?```(?:release-note)?|```release-note)(.+?)```',
)

/** What the first block of a text says, trimmed; undefined when there is none. */
export const releaseNoteIn = (text: string): string | undefined => block.exec(text)?.groups[0]?.trim()
