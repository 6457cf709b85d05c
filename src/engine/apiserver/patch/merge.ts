// JSON merge patch, RFC 7386.
import { isJson } from '../object.ts'

/** Applies a merge patch; null removes a field. Inputs stay as they are. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isJson(patch)) return patch
  const out: Record<string, unknown> = isJson(target) ? { ...target } : {}
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete out[key]
    else out[key] = mergePatch(Object.hasOwn(out, key) ? out[key] : undefined, value)
  }
  return out
}
