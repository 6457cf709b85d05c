// What can go wrong with censoring, for whoever decides about the file.

/** A file of which nobody can say that it shows no secret. */
export class CensorError extends Error {
  override readonly name = 'CensorError'
}
