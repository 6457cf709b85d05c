// Random identifiers. Passed in like the clock, so that a test can make them predictable.
import { randomBytes, randomUUID } from 'node:crypto'

/** Source of identifiers. */
export interface Ids {
  /** A random UUID, version 4. */
  uuid(): string
  /** `length` random characters of Kubernetes' generateName alphabet. */
  suffix(length: number): string
  /** A number in [0, 1), for jitter. */
  fraction(): number
}

// Kubernetes leaves out vowels and look-alikes, so that no words appear by chance.
const alphabet = 'bcdfghjklmnpqrstvwxz2456789'

/** Identifiers from the machine's random source. */
export const systemIds: Ids = {
  uuid: () => randomUUID(),
  suffix: (length) => Array.from(randomBytes(length), (byte) => alphabet[byte % alphabet.length]).join(''),
  fraction: () => randomBytes(4).readUInt32BE() / 2 ** 32,
}
