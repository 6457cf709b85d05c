// Descriptions of commit statuses: cut to what GitHub takes, with the base that was tested.

/** GitHub's limit, in bytes. */
const limit = 140
const marker = ' BaseSHA:'
/** An em quad, three bytes: the widest space there is. */
const pad = '\u2001'
const bytes = (text: string) => Buffer.byteLength(text)

/**
 * Description and base SHA in at most 140 bytes. The SHA, which Tide reads back, is pushed to the right so that people
 * do not see it; a description that leaves no room for it is cut in its middle.
 */
export function descriptionOf(description: string, baseSha: string): string {
  const bare = baseSha ? marker + baseSha : ''
  const room = limit - bytes(description) - bytes(bare)
  const suffix = bare && room > 0 ? pad.repeat(Math.ceil(room / 4)) + bare : bare
  return cut(description, limit - bytes(suffix)) + suffix
}

/** A description that fits: what is too long loses its middle. */
export const cutDescription = (text: string): string => cut(text, limit)

function cut(text: string, most: number): string {
  if (bytes(text) <= most) return text
  const half = Math.max(0, Math.floor((most - 5) / 2))
  const all = Buffer.from(text)
  return `${whole(all.subarray(0, half))} ... ${whole(all.subarray(all.length - half))}`
}

// A character that was cut through is left out.
const whole = (part: Buffer) => part.toString().replaceAll('\ufffd', '')
