// What a file of a repository says, as text, or why it cannot be read. Repositories are full of surprises.

/** Content of a file as git gives it; only the size of one that is too long. */
export type Content = Uint8Array | { readonly size: number }

/** Something in a file that does not count, and why. */
export interface Problem {
  /** From 1. */
  readonly line: number
  readonly message: string
}

const strict = new TextDecoder('utf-8', { fatal: true })

/** The text, or what is wrong with the content. A byte order mark is left out. */
export function textOf(content: Content, mostBytes: number): string | Problem {
  const size = content instanceof Uint8Array ? content.length : content.size
  if (!(content instanceof Uint8Array) || size > mostBytes)
    return { line: 1, message: `has ${size} bytes, but at most ${mostBytes} are read` }
  try {
    return strict.decode(content)
  } catch {
    return { line: 1, message: 'is not UTF-8 text' }
  }
}
