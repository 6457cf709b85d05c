// The known word that a mistyped one was probably meant to be.

// Comparing takes time by the product of the lengths, and no known word is nearly that long.
const longestWord = 100

/** The nearest of the known words, or nothing when none is near. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  if (word.length > longestWord) return undefined
  const reach = Math.max(2, Math.floor(word.length / 3))
  // A word that was not written to its end is likelier than one with wrong letters.
  const begun = word.length > 2 ? known.filter((candidate) => candidate.startsWith(word)) : []
  if (begun.length > 0) return begun.reduce((shortest, each) => (each.length < shortest.length ? each : shortest))
  const near = known
    .map((candidate) => ({ candidate, distance: editDistance(word, candidate) }))
    .filter(({ candidate, distance }) => distance <= reach && distance < candidate.length)
    .sort((a, b) => a.distance - b.distance)[0]
  return near?.candidate
}

/** `; did you mean …?` for the nearest of the known words, or nothing when none is near. */
export function suggestion(word: string, known: readonly string[]): string {
  const near = nearest(word, known)
  return near === undefined ? '' : `; did you mean ${near}?`
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
