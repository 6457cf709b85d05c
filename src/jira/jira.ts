// Jira: a client of what its REST API (version 2) has of projects, issues and links to other places.
import { Histogram, type Registry } from 'prom-client'
import type { Clock } from '../system/clock.ts'
import { headerSecret, jsonService, type Proof, ServiceError } from '../system/json-service.ts'

/** What a link of an issue leads to. Unknown fields of others are kept. */
export interface RemoteObject {
  readonly url: string
  readonly title: string
  readonly icon?: { readonly url16x16: string; readonly title: string }
}

/** A link of an issue to another place. */
export interface RemoteLink {
  readonly id: number
  readonly object: RemoteObject
}

/** One Jira. All of its operations throw ServiceError when it does not do what is asked. */
export interface Jira {
  /** Base address, without a slash at its end. */
  readonly endpoint: string
  /** Keys of all projects, in lower case; asked for once an hour. */
  projects(): Promise<ReadonlySet<string>>
  /** Id of the issue with that key; undefined when there is none. */
  issueId(key: string): Promise<string | undefined>
  /** @param issue Id. */
  remoteLinks(issue: string): Promise<readonly RemoteLink[]>
  /** Not safe to repeat: a second call makes a second link. */
  addRemoteLink(issue: string, object: RemoteObject): Promise<void>
  updateRemoteLink(issue: string, link: RemoteLink): Promise<void>
}

/** Where a Jira is, and as whom it is asked: nobody without credentials. */
export interface JiraSettings {
  readonly endpoint: string
  /** Secrets are asked for at each request. */
  readonly credentials?:
    | { readonly bearerToken: () => string }
    | { readonly username: string; readonly password: () => string }
}

export interface JiraNeeds extends JiraSettings {
  readonly userAgent: string
  readonly fetch: typeof globalThis.fetch
  readonly clock: Clock
  /** Where `jira_request_duration_seconds` is registered. */
  readonly metrics: Registry
}

const buckets = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20]
const retries = 4
const projectsMs = 3_600_000
const api = 'rest/api/2'

export function jiraClient(needs: JiraNeeds): Jira {
  const { clock } = needs
  const duration = new Histogram({
    name: 'jira_request_duration_seconds',
    help: 'Jira request duration by method, path and status.',
    labelNames: ['method', 'path', 'status'],
    buckets,
    registers: [needs.metrics],
  })
  const ask = jsonService({
    ...needs,
    name: 'Jira',
    retries,
    proof: () => proofOf(needs),
    problemIn: () => undefined,
    observe: ({ method, path }, status, seconds) =>
      duration.observe({ method, path: simplified(path), status: String(status) }, seconds),
  })
  let known: { readonly keys: ReadonlySet<string>; readonly at: number } | undefined

  async function list(operation: string, path: string): Promise<readonly unknown[]> {
    const { status, body } = await ask({ operation, method: 'GET', path })
    if (Array.isArray(body)) return body
    throw new ServiceError(status, `Jira: ${operation}: the answer is no list`)
  }

  return {
    endpoint: needs.endpoint.replace(/\/+$/, ''),
    async projects() {
      // An empty list is one that nobody was allowed to see.
      if (known && known.keys.size > 0 && clock.now() - known.at < projectsMs) return known.keys
      let keys = known?.keys
      try {
        keys = keysIn(await list('ListProjects', `${api}/project`))
      } catch (error) {
        // Those of an hour ago will do.
        if (!keys?.size) throw error
      }
      known = { keys, at: clock.now() }
      return keys
    },
    async issueId(key) {
      try {
        const path = `${api}/issue/${encodeURIComponent(key)}`
        const { status, body } = await ask({ operation: 'GetIssue', method: 'GET', path })
        const { id } = (body ?? {}) as { id?: unknown }
        if (typeof id === 'string' && /^\w+$/.test(id)) return id
        throw new ServiceError(status, `Jira: GetIssue ${key}: the answer names no issue`)
      } catch (error) {
        if (error instanceof ServiceError && error.status === 404) return undefined
        throw error
      }
    },
    async remoteLinks(issue) {
      const links = await list('GetRemoteLinks', `${api}/issue/${issue}/remotelink`)
      return links.filter(isRemoteLink)
    },
    async addRemoteLink(issue, object) {
      await ask({
        operation: 'AddRemoteLink',
        method: 'POST',
        path: `${api}/issue/${issue}/remotelink`,
        body: { object },
      })
    },
    async updateRemoteLink(issue, { id, object }) {
      const path = `${api}/issue/${issue}/remotelink/${id}`
      const { status } = await ask({ operation: 'UpdateRemoteLink', method: 'PUT', path, body: { id, object } })
      if (status !== 204) throw new ServiceError(status, `Jira: UpdateRemoteLink: HTTP ${status}, where 204 says yes`)
    },
  }
}

const keysIn = (projects: readonly unknown[]): ReadonlySet<string> =>
  new Set(
    projects.flatMap((project) => {
      const { key } = (project ?? {}) as { key?: unknown }
      return typeof key === 'string' ? key.toLowerCase() : []
    }),
  )

function isRemoteLink(value: unknown): value is RemoteLink {
  const { id, object } = (value ?? {}) as { id?: unknown; object?: { url?: unknown; title?: unknown } | null }
  return Number.isSafeInteger(id) && typeof object?.url === 'string' && typeof object.title === 'string'
}

function proofOf({ credentials }: JiraSettings): Proof {
  if (!credentials) return {}
  if ('bearerToken' in credentials)
    return { headers: { authorization: `Bearer ${headerSecret(credentials.bearerToken())}` } }
  const pair = Buffer.from(`${credentials.username}:${credentials.password()}`)
  return { headers: { authorization: `Basic ${pair.toString('base64')}` } }
}

/** A path as metrics know it: without what differs from issue to issue. */
const simplified = (path: string): string =>
  `/${path.replace(/(?<=\/issue\/)[^/]+/, ':issueID').replace(/(?<=\/remotelink\/)[^/]+/, ':linkID')}`
