// How Prow cuts texts: at Unicode's white space as Go sees it, with U+0085 and without U+FEFF.

const space = /[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/

/** The text without white space at its ends. Takes linear time, which a pattern would not. */
export function trimSpace(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && space.test(text[start] ?? '')) start++
  while (end > start && space.test(text[end - 1] ?? '')) end--
  return text.slice(start, end)
}

/** The words of a text. */
export const fields = (text: string): string[] => text.split(space).filter((word) => word !== '')
