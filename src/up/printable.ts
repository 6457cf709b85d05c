// Text of strangers on somebody's terminal: titles, names and comments must not move the cursor, set the clipboard or reverse a line.

/** One line without control characters, terminal escapes and marks of writing direction; each becomes a space. */
export const printable = (text: string): string =>
  text.replace(/[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu, ' ')
