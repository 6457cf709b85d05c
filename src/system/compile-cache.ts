// Keeps compiled code from one start to the next: without it, half of the time until `up` is ready goes into compiling.
import { enableCompileCache } from 'node:module'
import { resolve } from 'node:path'

/**
 * For what is loaded from now on. The folder lies beside the packages and is as trusted as they are; containers see both, and can
 * change neither. Where it cannot be written it is only read.
 */
export function keepCompiledCode(): void {
  enableCompileCache(resolve(import.meta.dirname, '../../node_modules/.cache/bowsprit'))
}
