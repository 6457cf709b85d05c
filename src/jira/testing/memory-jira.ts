// A Jira in memory, as far as its API is used here: projects, issues, and their links to other places.
import type { RemoteLink, RemoteObject } from '../jira.ts'

export interface MemoryJira {
  /** Keys. */
  readonly projects: Set<string>
  /** Key of an issue, in capitals → its id. */
  readonly issues: Map<string, string>
  /** Id of an issue → its links. */
  readonly links: Map<string, RemoteLink[]>
  /** What it was asked, e.g. `GET /rest/api/2/project`, in order. */
  readonly asked: string[]
  /** The last request. */
  last(): Request
  /** Called before each request: what it returns is the answer. */
  before?: ((asked: string) => Response | undefined) | undefined
  readonly fetch: typeof globalThis.fetch
}

const missing = () => Response.json({ errorMessages: ['Issue Does Not Exist'], errors: {} }, { status: 404 })

/** @param issues Key → id; their projects are there, too. */
export function memoryJira(issues: Readonly<Record<string, string>> = {}): MemoryJira {
  const requests: Request[] = []
  let nextLink = 10_000

  async function answer(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url)
    const asked = `${request.method} ${pathname}`
    self.asked.push(asked)
    requests.push(request.clone())
    const instead = self.before?.(asked)
    if (instead) return instead
    if (asked === 'GET /rest/api/2/project') return Response.json([...self.projects].map((key) => ({ key })))
    const [, given = '', list, link] =
      /^\/rest\/api\/2\/issue\/([^/]+)(\/remotelink(?:\/(\d+))?)?$/.exec(pathname) ?? []
    const id = [...self.issues].find(([key, id]) => key === given.toUpperCase() || id === given)?.[1]
    if (id === undefined) return missing()
    if (!list) return Response.json({ id, key: given })
    const links = self.links.get(id) ?? []
    if (request.method === 'GET') return Response.json(links)
    const { object } = (await request.json()) as { object: RemoteObject }
    if (request.method === 'POST') {
      self.links.set(id, [...links, { id: nextLink, object }])
      return Response.json({ id: nextLink++ }, { status: 201 })
    }
    self.links.set(
      id,
      links.map((one) => (one.id === Number(link) ? { ...one, object } : one)),
    )
    return new Response(null, { status: 204 })
  }

  const self: MemoryJira = {
    projects: new Set(Object.keys(issues).map((key) => key.slice(0, key.indexOf('-')))),
    issues: new Map(Object.entries(issues)),
    links: new Map(),
    asked: [],
    last() {
      const request = requests.at(-1)
      if (!request) throw new Error('nobody has asked Jira anything')
      return request.clone()
    },
    fetch: (input, init) => answer(new Request(input, init)),
  }
  return self
}
