// Bodies of answers that come from others: read as a whole, and no more of them than agreed.

/** The body as text; undefined, and no longer read, when it has more bytes than that. */
export async function boundedBody(answer: Response, mostBytes: number): Promise<string | undefined> {
  const chunks: Uint8Array[] = []
  let length = 0
  // Leaving the loop early closes the connection.
  for await (const chunk of answer.body ?? []) {
    length += chunk.length
    if (length > mostBytes) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}
