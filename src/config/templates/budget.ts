// How much a template may do. Templates come from authors of pull requests too, and run inside of servers.
import { CallError } from './errors.ts'
import type { GoValue } from './go-values.ts'

/** Longest text that a template or one of its values may have, in UTF-16 units: more than any comment may have. */
export const maxText = 256 * 1024
/** Steps of one execution; about a tenth of a second when every one of them is needed. */
const maxSteps = 100_000
/** Structures, parentheses and templates that may be open at once. */
const maxDepth = 300

/** What is left for one execution. Each method returns what is wrong when nothing is left. */
export interface Budget {
  /** One step, and one more for every 64 characters or items that are looked at. */
  spend(size: number): string | undefined
  enter(): string | undefined
  leave(): void
  depth: number
}

export function newBudget(): Budget {
  let left = maxSteps
  return {
    depth: 0,
    spend(size) {
      left -= 1 + Math.floor(size / 64)
      return left < 0 ? `it takes more than ${maxSteps} steps` : undefined
    },
    enter() {
      this.depth++
      return this.depth > maxDepth ? `exceeded maximum template depth (${maxDepth})` : undefined
    },
    leave() {
      this.depth--
    },
  }
}

/** How much there is to look at in a value. */
export function sizeOf(value: GoValue): number {
  if (value.kind === 'string') return value.data.length
  return value.kind === 'loose' || value.kind === 'map' ? Object.keys(value.data ?? {}).length : 0
}

/** Puts pieces of text together. Throws CallError when it gets too long. */
export function textBuilder(): {
  add(piece: string): void
  text(): string
  readonly length: number
} {
  const pieces: string[] = []
  let length = 0
  return {
    add(piece) {
      length += piece.length
      if (length > maxText) throw new CallError(`text longer than ${maxText} characters`)
      pieces.push(piece)
    },
    text: () => pieces.join(''),
    get length() {
      return length
    },
  }
}
