// Reads a stream of JSON values, one a line, whatever way the bytes are cut.

/** Yields the value of each line that is not empty. Throws a SyntaxError for a line that is no JSON. */
export async function* jsonLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<unknown> {
  const decoder = new TextDecoder()
  let parts: string[] = []
  for await (const chunk of chunks) {
    const text = decoder.decode(chunk, { stream: true })
    let from = 0
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
      parts.push(text.slice(from, end))
      const line = parts.join('')
      parts = []
      from = end + 1
      if (line.trim() !== '') yield JSON.parse(line)
    }
    // Kept in pieces, so that a line of megabytes is not copied at each chunk.
    if (from < text.length) parts.push(text.slice(from))
  }
  const rest = parts.join('') + decoder.decode()
  if (rest.trim() !== '') yield JSON.parse(rest)
}
