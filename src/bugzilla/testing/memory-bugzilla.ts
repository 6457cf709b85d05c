// A Bugzilla in memory, as far as its API is used here: bugs, comments, and links to pull requests. Answers as Red Hat's does.
import { type Fields, fieldsOf, listOf, trackerUrl } from '../bug.ts'

/** What a bug has when nobody says otherwise. */
const usual = {
  summary: 'it leaks',
  status: 'NEW',
  resolution: '',
  is_open: true,
  severity: 'high',
  target_release: ['---'],
  groups: [],
  depends_on: [],
  blocks: [],
  product: 'Lighthouse',
  component: ['lamp'],
  version: ['1.0'],
  flags: [],
}

interface StoredComment {
  readonly creator: string
  readonly time: string
  readonly text: string
  readonly is_private: boolean
}

export interface MemoryBugzilla {
  /** Fields of bugs by id. */
  readonly bugs: Map<number, Fields>
  readonly comments: Map<number, StoredComment[]>
  /** Names of the pull requests that a bug is linked to. */
  readonly links: Map<number, string[]>
  /** What it was asked, e.g. `GET /rest/bug/1`, in order. */
  readonly asked: string[]
  /** The last request. */
  last(): Request
  /** Every change that was made, in words. */
  readonly effects: string[]
  /** Called before each request: what it returns is the answer. */
  before?: ((asked: string) => Response | undefined) | undefined
  /** Puts a bug there. */
  file(id: number, fields?: Fields): void
  readonly fetch: typeof globalThis.fetch
}

const refusal = (status: number, code: number, message: string) =>
  Response.json({ error: true, code, message }, { status })

/** @param now Time of what is made there. */
export function memoryBugzilla(now: () => number = () => 0): MemoryBugzilla {
  const requests: Request[] = []
  const time = () => new Date(now()).toISOString().replace(/\.\d+/, '')

  async function answer(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url)
    const asked = `${request.method} ${pathname}`
    self.asked.push(asked)
    requests.push(request.clone())
    const instead = self.before?.(asked)
    if (instead) return instead
    const body = request.method === 'GET' ? {} : fieldsOf(await request.json())
    if (asked === 'POST /jsonrpc.cgi') return rpc(body)
    if (asked === 'POST /rest/bug') return create(body)
    const [, given, comment] = /^\/rest\/bug\/(\d+)(\/comment)?$/.exec(pathname) ?? []
    const id = Number(given)
    const bug = self.bugs.get(id)
    if (given === undefined) return refusal(404, 32_000, 'no such page')
    if (!bug) return refusal(404, 101, `Bug #${id} does not exist.`)
    if (comment) return request.method === 'GET' ? commentsOf(id) : addComment(id, body)
    if (request.method === 'PUT') return update(id, bug, body)
    return Response.json({ bugs: [shown(id, bug, searchParams.getAll('include_fields'))] })
  }

  function shown(id: number, bug: Fields, fields: readonly string[]): Fields {
    const { sub_components, flags, ...others } = bug
    const links = (self.links.get(id) ?? []).map((name) => ({
      bug_id: id,
      type: { url: name.startsWith('http') ? 'https://elsewhere.example/' : trackerUrl },
      ext_bz_bug_id: name,
      ext_status: 'open',
    }))
    return {
      ...(fields.includes('_default') ? others : {}),
      ...(fields.includes('flags') && { flags }),
      ...(fields.includes('external_bugs') && { external_bugs: links }),
      ...(fields.includes('sub_components') && { sub_components }),
    }
  }

  function create(body: Fields): Response {
    const { description, comment_is_private, ...fields } = body
    for (const needed of ['product', 'component', 'summary', 'version'])
      if (!fields[needed]) return refusal(400, 50, `You must set ${needed}.`)
    const taken = [...self.bugs.values()].some(({ alias }) => alias !== undefined && alias === fields.alias)
    if (taken) return refusal(400, 103, 'that alias is taken')
    const id = Math.max(...self.bugs.keys()) + 1
    self.file(id, fields)
    block(fields.depends_on, id)
    say(id, String(description), comment_is_private === true)
    self.effects.push(`${id} created`)
    return Response.json({ id })
  }

  /** A bug that depends on others is one that they block. */
  function block(ids: unknown, by: number): void {
    for (const other of Array.isArray(ids) ? (ids as number[]) : []) {
      const bug = self.bugs.get(other)
      if (bug) self.bugs.set(other, { ...bug, blocks: [...new Set([...(bug.blocks as number[]), by])] })
    }
  }

  function update(id: number, bug: Fields, { depends_on, blocks, ...fields }: Fields): Response {
    const added = (name: 'depends_on' | 'blocks', given: unknown) => [
      ...new Set([...(bug[name] as number[]), ...((fieldsOf(given).add as number[] | undefined) ?? [])]),
    ]
    self.bugs.set(id, {
      ...bug,
      ...fields,
      depends_on: added('depends_on', depends_on),
      blocks: added('blocks', blocks),
    })
    block(fieldsOf(depends_on).add, id)
    self.effects.push(`${id} ${JSON.stringify({ depends_on, blocks, ...fields })}`)
    return Response.json({ bugs: [{ id, changes: {} }] })
  }

  function say(id: number, text: string, is_private: boolean): void {
    const said = { creator: 'bot@example.com', time: time(), text, is_private }
    self.comments.set(id, [...(self.comments.get(id) ?? []), said])
  }

  const commentsOf = (id: number) => Response.json({ bugs: { [id]: { comments: self.comments.get(id) ?? [] } } })

  function addComment(id: number, { comment, is_private }: Fields): Response {
    say(id, String(comment), is_private === true)
    self.effects.push(`${id} ${is_private === true ? 'private ' : ''}comment: ${comment}`)
    return Response.json({ id: 1 }, { status: 201 })
  }

  function rpc({ id: request, method, params }: Fields): Response {
    const [given = {}] = listOf(params)
    const [id = 0] = given.bug_ids as number[]
    const there = self.links.get(id) ?? []
    const failed = (code: number, message: string) =>
      Response.json({ error: { code, message }, id: request, result: null })
    const done = (result: object) => Response.json({ error: null, id: request, result })
    if (!self.bugs.has(id)) return failed(101, `Bug #${id} does not exist.`)
    if (method === 'ExternalBugs.add_external_bug') {
      const name = String(listOf(given.external_bugs)[0]?.ext_bz_bug_id)
      if (there.includes(name))
        return failed(100_500, 'DBD::Pg: duplicate key value violates unique constraint "ext_bz_bug_map_bug_id_idx"')
      self.links.set(id, [...there, name])
      self.effects.push(`${id} +${name}`)
      const changes = { 'ext_bz_bug_map.ext_bz_bug_id': { added: `Github ${name}`, removed: '' } }
      return done({ bugs: [{ id, alias: [], changes }] })
    }
    const name = String(given.ext_bz_bug_id)
    if (!there.includes(name)) return failed(1006, 'No external bug was found')
    const left = there.filter((one) => one !== name)
    self.links.set(id, left)
    self.effects.push(`${id} -${name}`)
    return done({ external_bugs: [{ ext_type_url: given.ext_type_url, ext_bz_bug_id: name }] })
  }

  const self: MemoryBugzilla = {
    bugs: new Map(),
    comments: new Map(),
    links: new Map(),
    asked: [],
    effects: [],
    last() {
      const request = requests.at(-1)
      if (!request) throw new Error('nobody has asked Bugzilla anything')
      return request.clone()
    },
    file: (id, fields = {}) => void self.bugs.set(id, { creation_time: time(), ...usual, ...fields, id }),
    fetch: (input, init) => answer(new Request(input, init)),
  }
  return self
}
