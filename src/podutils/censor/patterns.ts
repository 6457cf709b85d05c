// From the content of secret files to the byte sequences that must not be seen.

/** Whether a byte is white space. */
const isSpace = (byte: number | undefined) => byte === 0x20 || (byte !== undefined && byte >= 0x09 && byte <= 0x0d)

/**
 * Each secret as it is without surrounding white space, and its base64 with and without that, in the order of the
 * secrets. Left out: empty ones, `true` and `false`, and those shorter than `minimumLength` bytes.
 */
export function patternsOf(secrets: readonly Buffer[], minimumLength = 0): Buffer[] {
  const found = new Map<string, Buffer>()
  for (const raw of secrets) {
    const trimmed = trim(raw)
    if (trimmed.length === 0 || trimmed.length < minimumLength) continue
    if (/^(true|false)$/i.test(trimmed.toString('latin1'))) continue
    for (const pattern of [trimmed, base64(raw), base64(trimmed)]) found.set(pattern.toString('latin1'), pattern)
  }
  return [...found.values()]
}

const base64 = (bytes: Buffer) => Buffer.from(bytes.toString('base64'))

function trim(bytes: Buffer): Buffer {
  let start = 0
  let end = bytes.length
  while (start < end && isSpace(bytes[start])) start++
  while (end > start && isSpace(bytes[end - 1])) end--
  return bytes.subarray(start, end)
}
