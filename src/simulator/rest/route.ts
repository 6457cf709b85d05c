// A REST route: typed by GitHub's own description, so that a wrong status or field does not compile.
import type { paths } from '@octokit/openapi-types'
import { demand, person } from '../actions/permissions.ts'
import { type Core, findRepo } from '../core.ts'
import { notFound } from '../errors.ts'
import type { Account, App, Permission, Repo } from '../state/records.ts'
import type { Body } from './body.ts'

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete'

type Operation<M extends Method, P extends keyof paths> = M extends keyof paths[P] ? paths[P][M] : never

type JsonOf<R> = R extends { content: { 'application/json': infer B } } ? B : undefined

/** Every answer that the description allows for the operation. */
type AnswerOf<M extends Method, P extends keyof paths> =
  Operation<M, P> extends { responses: infer R }
    ? { [S in keyof R & number]: { readonly status: S; readonly body: JsonOf<R[S]> } }[keyof R & number]
    : never

type PathOf<M extends Method, P extends keyof paths> =
  Operation<M, P> extends { parameters: { path: infer X } }
    ? { readonly [K in keyof X]: Exclude<X[K], bigint> }
    : Record<never, never>

/** What every answer comes down to. */
export interface AnyAnswer {
  readonly status: number
  readonly body: unknown
  readonly headers?: Readonly<Record<string, string>>
  /** Instead of `application/json`; `body` is then text. */
  readonly type?: string
}

/** What a handler is given. */
export interface Call<Path = Readonly<Record<string, string | number>>> {
  readonly core: Core
  readonly path: Path
  readonly query: (name: string) => string | undefined
  readonly body: Body
  readonly accept: string
  /** Whose token came with the request; null without one. */
  readonly actor: Account | null
  /** Set when the request was signed as an app. */
  readonly app: App | null
  /** The URL as it came, for links. */
  readonly url: string
  /** The token that came along, for what belongs to an installation. */
  readonly token: string | undefined
  /** The asked-for page of a list; sets the Link header. */
  readonly page: <T>(items: readonly T[]) => T[]
  /** The actor, or 401. */
  readonly by: () => Account
}

export interface Route {
  readonly method: Method
  /** As in the description, with `{name}` for variables. */
  readonly path: string
  /** False for what the description has dropped or never had. */
  readonly described: boolean
  readonly handle: (call: Call) => AnyAnswer | Promise<AnyAnswer>
}

/** A route of the description. */
export function route<M extends Method, P extends keyof paths>(
  method: M,
  path: P,
  handle: (call: Call<PathOf<M, P>>) => (AnswerOf<M, P> & Extra) | Promise<AnswerOf<M, P> & Extra>,
): Route {
  // The variables are read from the URL by the names in `path`, which is what PathOf says.
  return { method, path, described: true, handle: (call) => handle(call as Call<PathOf<M, P>>) }
}

/** A route that clients use although the description lacks it. */
export function undescribed<Path>(
  method: Method,
  path: string,
  handle: (call: Call<Path>) => AnyAnswer | Promise<AnyAnswer>,
): Route {
  return { method, path, described: false, handle: (call) => handle(call as Call<Path>) }
}

/** A route of the description whose answer its types cannot express: it is held to the description by test only. */
export const handTyped = <Path>(
  method: Method,
  path: string,
  handle: (call: Call<Path>) => AnyAnswer | Promise<AnyAnswer>,
): Route => ({
  ...undescribed(method, path, handle),
  described: true,
})

interface Extra {
  readonly headers?: Readonly<Record<string, string>>
}

/** An answer with its body. */
export const answer = <S extends number, B>(status: S, body: B): { readonly status: S; readonly body: B } => ({
  status,
  body,
})

/** 204. */
export const noContent = { status: 204, body: undefined } as const

/** The one of GitHub's media types for texts that the client asks for. */
export const media = (accept: string): string | undefined =>
  /application\/vnd\.github\.(?:v3\.)?(diff|patch|sha|raw)/.exec(accept)?.[1]

/** GitHub breaks base64 into lines of 60. */
export const wrapped = (bytes: Buffer): string => bytes.toString('base64').replace(/.{60}/g, '$&\n').concat('\n')

interface RepoPath {
  readonly owner: string
  readonly repo: string
}

/** The repository of a route, when the actor has at least `need` on it. */
export function repoOf(call: Call<RepoPath>, need: Permission = 'pull'): Repo {
  const repo = findRepo(call.core.state, call.path.owner, call.path.repo)
  if (!repo) throw notFound()
  if (need !== 'pull') person(call.actor)
  demand(call.core.state, repo, call.actor, need)
  return repo
}
