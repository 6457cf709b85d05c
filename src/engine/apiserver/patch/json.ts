// JSON patch, RFC 6902, with Kubernetes' refusals.
import fastJsonPatch from 'fast-json-patch'
import { isJson } from '../object.ts'
import { ApiError, badRequest } from '../status.ts'

const { applyPatch } = fastJsonPatch
const operations = ['add', 'remove', 'replace', 'move', 'copy', 'test']
// Kubernetes' limit; each operation may copy the whole object.
const maxOperations = 10_000

/** Applies a JSON patch to a copy. 400 when it is none, 422 when it does not fit the object. */
export function jsonPatch(target: object, patch: unknown): unknown {
  if (!Array.isArray(patch)) throw badRequest('a JSON patch must be a list of operations')
  if (patch.length > maxOperations) throw badRequest(`a JSON patch may have at most ${maxOperations} operations`)
  for (const operation of patch) {
    if (!isJson(operation) || typeof operation.path !== 'string' || !operations.includes(String(operation.op))) {
      throw badRequest(`${JSON.stringify(operation)} is no operation of a JSON patch`)
    }
  }
  try {
    return applyPatch(structuredClone(target), patch, true).newDocument
  } catch (error) {
    const why = error instanceof Error ? error.message.split('\n')[0] : String(error)
    throw new ApiError(422, 'Invalid', `the server rejected our request due to an error in our request: ${why}`)
  }
}
