// What requests that change something say about how they want it done.
import type { FieldValidation } from '../decode.ts'
import { isJson } from '../object.ts'
import type { ServerContext } from '../server-context.ts'
import { badRequest } from '../status.ts'
import type { DeleteOptions, WriteContext } from '../write.ts'
import { type Call, numberParam, readObject } from './call.ts'

/** What a request says about how it wants to write. */
export function writeContext({ clock, ids }: ServerContext, call: Call, dryRunInBody = false): WriteContext {
  const dryRun = call.query.get('dryRun')
  if (dryRun && dryRun !== 'All') throw badRequest(`invalid dryRun value ${JSON.stringify(dryRun)}: must be All`)
  const agent = call.req.headers['user-agent']?.split('/')[0]
  return {
    nowMs: clock.now(),
    ids,
    manager: call.query.get('fieldManager') || agent || 'unknown',
    dryRun: dryRunInBody || dryRun === 'All',
  }
}

/** What happens to unknown fields; a warning where the client does not say. */
export function fieldValidation({ query }: Call): FieldValidation {
  const mode = query.get('fieldValidation') || 'Warn'
  if (mode === 'Ignore' || mode === 'Warn' || mode === 'Strict') return mode
  throw badRequest(`invalid fieldValidation value ${JSON.stringify(mode)}: must be Ignore, Warn or Strict`)
}

const policies = ['Background', 'Foreground', 'Orphan'] as const

/** DeleteOptions, from the body or, as older clients do, from the query. */
export async function deleteOptions(call: Call): Promise<{ options: DeleteOptions; dryRun: boolean }> {
  const body = (await readObject(call)) ?? {}
  if (!isJson(body)) throw badRequest('the body of a deletion must be DeleteOptions')
  const grace = body.gracePeriodSeconds ?? numberParam(call, 'gracePeriodSeconds')
  const policy = body.propagationPolicy ?? call.query.get('propagationPolicy') ?? undefined
  const orphans = body.orphanDependents ?? call.query.get('orphanDependents') ?? undefined
  const known = policies.find((one) => one === policy)
  if (policy !== undefined && !known) {
    throw badRequest(`invalid propagationPolicy ${JSON.stringify(policy)}: must be one of ${policies.join(', ')}`)
  }
  if (grace !== undefined && grace !== null && typeof grace !== 'number')
    throw badRequest('gracePeriodSeconds must be a number')
  const { uid, resourceVersion } = isJson(body.preconditions) ? body.preconditions : {}
  const chosen = known ?? (String(orphans) === 'true' ? 'Orphan' : undefined)
  const options = {
    ...(typeof grace === 'number' ? { gracePeriodSeconds: grace } : {}),
    ...(chosen ? { propagationPolicy: chosen } : {}),
    preconditions: {
      ...(typeof uid === 'string' ? { uid } : {}),
      ...(typeof resourceVersion === 'string' ? { resourceVersion } : {}),
    },
  }
  return { options, dryRun: Array.isArray(body.dryRun) && body.dryRun.includes('All') }
}
