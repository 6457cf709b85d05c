// HTTP's Range header, for one range of bytes. Pure.

export type ByteRange =
  | { readonly kind: 'all' }
  | { readonly kind: 'part' /** Inclusive. */; readonly start: number /** Exclusive. */; readonly end: number }
  | { readonly kind: 'unsatisfiable' }

/** Anything that is not one well-formed range of bytes counts as absent, as RFC 9110 has it. */
export function parseRange(header: string | undefined, size: number): ByteRange {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '')
  if (!match) return { kind: 'all' }
  const [, first = '', last = ''] = match
  if (first === '' && last === '') return { kind: 'all' }
  if (first === '') {
    const count = Math.min(Number(last), size)
    return count > 0 ? { kind: 'part', start: size - count, end: size } : { kind: 'unsatisfiable' }
  }
  const start = Number(first)
  if (last !== '' && Number(last) < start) return { kind: 'all' }
  if (start >= size) return { kind: 'unsatisfiable' }
  return { kind: 'part', start, end: last === '' ? size : Math.min(Number(last) + 1, size) }
}
