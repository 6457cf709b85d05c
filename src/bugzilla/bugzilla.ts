// Bugzilla: a client of its REST API and, for external trackers, of its JSON-RPC.
import { Histogram, type Registry } from 'prom-client'
import type { IssueRef } from '../api/code-host.ts'
import type { Clock } from '../system/clock.ts'
import { headerSecret, jsonService, type Proof, ServiceError, type ServiceRequest } from '../system/json-service.ts'
import {
  type Bug,
  type BugUpdate,
  bugOf,
  commentOf,
  type Fields,
  fieldsOf,
  listOf,
  pullIdentifier,
  pullOf,
  trackerUrl,
} from './bug.ts'
import { cloneOf, isClone } from './clone.ts'

export type { Bug, BugUpdate } from './bug.ts'

/** One Bugzilla. All of its operations throw ServiceError when it does not do what is asked. */
export interface Bugzilla {
  /** Base address, without a slash at its end. */
  readonly endpoint: string
  /** Undefined when there is no such bug. */
  bug(id: number): Promise<Bug | undefined>
  /** Bugs with the same summary that this one blocks. */
  clones(bug: Bug): Promise<readonly Bug[]>
  /** Makes a bug like this one that depends on it. Not safe to repeat: look at `clones` first. Returns its id. */
  clone(bug: Bug): Promise<number>
  /** What a clone has of its original only after it was made, and its release. Safe to repeat. */
  completeClone(id: number, of: Bug, targetRelease: string): Promise<void>
  update(id: number, change: BugUpdate): Promise<void>
  /** Only people in the group of insiders see it. Not safe to repeat. */
  commentPrivately(id: number, text: string): Promise<void>
  /** Pull requests that the bug is linked to, in the order of the links. */
  pulls(id: number): Promise<readonly IssueRef[]>
  /** Says whether the link is new. */
  addPull(id: number, pull: IssueRef): Promise<boolean>
  /** Says whether there was such a link. */
  removePull(id: number, pull: IssueRef): Promise<boolean>
}

/** How requests say who asks; without a method, in the header and in the query. */
export const authMethods = ['bearer', 'query', 'x-bugzilla-api-key'] as const
export type AuthMethod = (typeof authMethods)[number]

/** Where a Bugzilla is, and as whom it is asked. */
export interface BugzillaSettings {
  readonly endpoint: string
  /** Asked for at each request; anonymous without it. */
  readonly apiKey?: () => string
  readonly authMethod?: AuthMethod
  /** Bugzilla's number of the tracker of pull requests; without it, the tracker is named by its address. */
  readonly trackerId?: number
}

export interface BugzillaNeeds extends BugzillaSettings {
  readonly userAgent: string
  readonly fetch: typeof globalThis.fetch
  readonly clock: Clock
  /** Where `bugzilla_request_duration` is registered. */
  readonly metrics: Registry
}

const buckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
/** Bugs of a list that are looked at one by one. */
const mostRelated = 100
const retries = 2

export function bugzillaClient(needs: BugzillaNeeds): Bugzilla {
  const endpoint = needs.endpoint.replace(/\/+$/, '')
  const duration = new Histogram({
    name: 'bugzilla_request_duration',
    help: 'Bugzilla request duration by API path.',
    labelNames: ['method', 'status'],
    buckets,
    registers: [needs.metrics],
  })
  const ask = jsonService({
    ...needs,
    name: 'Bugzilla',
    retries,
    proof: () => proofOf(needs),
    problemIn,
    observe: ({ operation }, status, seconds) =>
      duration.observe({ method: operation, status: String(status) }, seconds),
  })

  const get = async (operation: string, path: string, ...fields: string[]): Promise<Fields> =>
    fieldsOf((await ask({ operation, method: 'GET', path, query: fields.map(includeField) })).body)

  async function fieldsOfBug(id: number, operation: string): Promise<Fields | undefined> {
    try {
      return listOf((await get(operation, `rest/bug/${id}`, '_default', 'flags')).bugs)[0]
    } catch (error) {
      if (error instanceof ServiceError && (error.status === 404 || error.code === invalidId)) return undefined
      throw error
    }
  }

  async function bug(id: number): Promise<Bug | undefined> {
    const fields = await fieldsOfBug(id, 'GetBug')
    return fields && bugOf(fields)
  }

  async function rpc(operation: string, method: string, params: Fields): Promise<Fields> {
    const request: ServiceRequest = { operation, method: 'POST', path: 'jsonrpc.cgi', body: rpcBody(method, params) }
    const said = fieldsOf((await ask(request)).body)
    if (said.id !== rpcId) throw new ServiceError(200, `Bugzilla: ${operation}: the answer is for another request`)
    return fieldsOf(said.result)
  }

  return {
    endpoint,
    bug,
    async clones(original) {
      if (original.blocks.length > mostRelated)
        throw new Error(`bug ${original.id} blocks more than ${mostRelated} bugs, too many to look for clones`)
      const found: Bug[] = []
      for (const id of original.blocks) {
        const blocked = await bug(id)
        if (blocked && isClone(original, blocked)) found.push(blocked)
      }
      return found
    },
    async clone({ id }) {
      const original = await fieldsOfBug(id, 'GetBug')
      if (!original) throw new ServiceError(404, `Bugzilla: CloneBug: bug ${id} is gone`)
      const [withParts] = listOf((await get('GetSubComponentsOnBug', `rest/bug/${id}`, 'sub_components')).bugs)
      const said = fieldsOf(fieldsOf((await get('GetComments', `rest/bug/${id}/comment`)).bugs)[id])
      const body = cloneOf(original, withParts?.sub_components, listOf(said.comments).map(commentOf))
      const made = fieldsOf((await ask({ operation: 'CreateBug', method: 'POST', path: 'rest/bug', body })).body)
      if (!Number.isSafeInteger(made.id)) throw new ServiceError(200, 'Bugzilla: CreateBug: the answer names no bug')
      return Number(made.id)
    },
    async completeClone(id, { id: original }, targetRelease) {
      const fields = (await fieldsOfBug(original, 'GetBug')) ?? {}
      const blocks = (bugOf(fields)?.blocks ?? []).filter((other) => other !== id)
      const change: BugUpdate = {
        depends_on: { add: [original] },
        ...(typeof fields.whiteboard === 'string' && fields.whiteboard && { whiteboard: fields.whiteboard }),
        ...(blocks.length > 0 && { blocks: { add: blocks } }),
        target_release: [targetRelease],
      }
      await ask({ operation: 'UpdateBug', method: 'PUT', path: `rest/bug/${id}`, body: change })
    },
    update: async (id, change) =>
      void (await ask({ operation: 'UpdateBug', method: 'PUT', path: `rest/bug/${id}`, body: change })),
    commentPrivately: async (id, comment) =>
      void (await ask({
        operation: 'CreateComment',
        method: 'POST',
        path: `rest/bug/${id}/comment`,
        body: { id, comment, is_private: true },
      })),
    async pulls(id) {
      const [found] = listOf((await get('GetExternalBugPRsOnBug', `rest/bug/${id}`, 'external_bugs')).bugs)
      const onTracker = listOf(found?.external_bugs).filter(({ type }) => fieldsOf(type).url === trackerUrl)
      return onTracker.flatMap(({ ext_bz_bug_id }) => pullOf(String(ext_bz_bug_id)) ?? [])
    },
    async addPull(id, pull) {
      const tracker = needs.trackerId ? { ext_type_id: needs.trackerId } : { ext_type_url: trackerUrl }
      const link = { ...tracker, ext_bz_bug_id: pullIdentifier(pull) }
      const params = { bug_ids: [id], external_bugs: [link] }
      const added = rpc('AddPullRequestAsExternalBug', 'ExternalBugs.add_external_bug', params)
      const result = await unless(isDuplicate, added)
      return listOf(result?.bugs).some((one) => one.id === id && Object.keys(fieldsOf(one.changes)).length > 0)
    },
    async removePull(id, pull) {
      const link = { ext_type_url: trackerUrl, ext_bz_bug_id: pullIdentifier(pull) }
      const removed = rpc('RemovePullRequestAsExternalBug', 'ExternalBugs.remove_external_bug', {
        bug_ids: [id],
        ...link,
      })
      return listOf((await unless(isNoLink, removed))?.external_bugs).length > 0
    },
  }
}

const includeField = (name: string): readonly [string, string] => ['include_fields', name]

function proofOf({ apiKey, authMethod }: BugzillaSettings): Proof {
  const key = apiKey?.()
  if (!key) return {}
  const query = { query: [['api_key', key]] } as const
  switch (authMethod) {
    case 'bearer':
      return { headers: { authorization: `Bearer ${headerSecret(key)}` } }
    case 'query':
      return query
    case 'x-bugzilla-api-key':
      return { headers: { 'x-bugzilla-api-key': headerSecret(key) } }
    default:
      return { headers: { 'x-bugzilla-api-key': headerSecret(key) }, ...query }
  }
}

/** REST says `error: true` beside code and message, JSON-RPC puts both into `error`. Either comes with status 200, too. */
function problemIn(body: unknown): { message: string; code: number } | undefined {
  const { error, ...rest } = fieldsOf(body)
  if (error !== true && typeof error !== 'object') return undefined
  if (error === null) return undefined
  const { code, message } = error === true ? rest : fieldsOf(error)
  return { message: `code ${Number(code)}: ${String(message)}`, code: Number(code) }
}

const rpcId = 'identifier'
const rpcBody = (method: string, params: Fields) => ({ jsonrpc: '1.0', method, params: [params], id: rpcId })

const invalidId = 101
// The number alone is that of any mishap in the server.
const isDuplicate = ({ code, message }: ServiceError) => code === 100_500 && message.includes('duplicate key')
const isNoLink = ({ code }: ServiceError) => code === 1006

/** Undefined when the request failed in just that way. */
async function unless<T>(isFine: (error: ServiceError) => boolean, asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked
  } catch (error) {
    if (error instanceof ServiceError && isFine(error)) return undefined
    throw error
  }
}
