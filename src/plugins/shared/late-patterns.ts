// Patterns that nobody has checked before they are used: as upstream, one that does not compile counts as absent.
import type { Logger } from 'pino'
import { compileRe2, type Pattern, Re2Error } from '../../config/re2.ts'

/** Those of the patterns that compile; the others are logged. */
export function latePatterns(sources: readonly string[], log: Logger): readonly Pattern[] {
  return sources.flatMap((source) => {
    try {
      return [compileRe2(source)]
    } catch (error) {
      if (!(error instanceof Re2Error)) throw error
      log.warn({ err: error, pattern: source }, 'a pattern does not compile, so it counts as absent')
      return []
    }
  })
}
