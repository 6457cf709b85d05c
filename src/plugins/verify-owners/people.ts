// Who is new in OWNERS files and not trusted: with review and approval they would decide what is merged.
import { type CodeHost, CodeHostError, type RepoRef } from '../../api/code-host.ts'
import { re2 } from '../../config/re2.ts'
import { normLogin } from '../../owners/parse.ts'
import { asName, boundedList } from '../shared/as-code.ts'
import type { TriggerSettings } from '../trigger/settings.ts'
import { type Trust, trustOf } from '../trigger/trust.ts'

export interface Untrusted {
  readonly login: string
  readonly reason: string
  /** That name them. */
  readonly files: readonly string[]
}

/** From so many people on, whole lists are asked for: no pull request may cost a call for each of thousands of names. */
const manyPeople = 20
const login = re2`^[A-Za-z0-9][-\w]{0,99}(\[bot\])?$`

type Asked = Parameters<typeof trustOf>[3]

/** Those among the newcomers who are not trusted, in their order. Throws what the code host throws. */
export async function untrustedAmong(
  newcomers: ReadonlyMap<string, readonly string[]>,
  at: RepoRef,
  rules: TriggerSettings,
  host: CodeHost,
): Promise<readonly Untrusted[]> {
  const asked = newcomers.size < manyPeople ? host : byLists(host)
  const found: Untrusted[] = []
  for (const [name, files] of newcomers) {
    const { trusted, reason } = login.test(name) ? await trustOf(name, at, rules, asked) : noLogin
    if (!trusted) found.push({ login: name, reason, files })
  }
  return found
}

const noLogin: Trust = { trusted: false, reason: 'This is no login.' }

/** Answers from lists of all members and all collaborators, each asked for once. Who owns the repository is both. */
function byLists(host: CodeHost): Asked {
  const lists = new Map<string, Promise<ReadonlySet<string>>>()
  const has = async (of: string, owner: string, list: () => Promise<readonly string[]>, name: string) => {
    const known = lists.get(of) ?? list().then((logins) => new Set([owner, ...logins].map(normLogin)))
    lists.set(of, known)
    return (await known).has(normLogin(name))
  }
  return {
    isBot: (name) => host.isBot(name),
    isMember: (org, name) => has(org, org, () => membersOf(org, host), name),
    isCollaborator: (at, name) => has(`${at.org}/${at.repo}`, at.org, () => host.collaborators(at), name),
  }
}

/** A repository may belong to a person, who has no members. */
async function membersOf(org: string, host: CodeHost): Promise<readonly string[]> {
  try {
    return await host.orgMembers(org)
  } catch (error) {
    if (error instanceof CodeHostError && error.kind === 'not-found') return []
    throw error
  }
}

/** By this sentence older comments are found. */
const marker = 'The OWNERS file contains untrusted users, which makes it INVALID.'
export const isAboutUntrusted = ({ body }: { readonly body: string }): boolean => body.includes(marker)

/** @param join Where one becomes a member. */
export function untrustedComment(people: readonly Untrusted[], join: string): string {
  const lines = people.flatMap(({ login: name, reason, files }) => [
    `- ${asName(name)}`,
    `  - ${reason}`,
    ...files.map((file) => `  - ${asName(file)}`),
  ])
  return `${marker} These people are new in OWNERS files, but they are not trusted. One way to be trusted is to become one of the [members](${join}) of the organisation. Then a comment that says \`/verify-owners\` checks the files again.

${boundedList(lines, 50_000)}`
}
