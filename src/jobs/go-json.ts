// JSON as Go's encoder writes it: scripts and tests compare these texts byte by byte.

/** Characters that Go escapes although JSON would not have to. */
const escapes: Readonly<Record<string, string>> = {
  '<': '\\u003c',
  '>': '\\u003e',
  '&': '\\u0026',
  '\u2028': '\\u2028',
  '\u2029': '\\u2029',
}

/** The JSON text of a value, keys in the order they have; `undefined` fields are left out. */
export const goJson = (value: unknown): string =>
  JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (char) => escapes[char] ?? char)
