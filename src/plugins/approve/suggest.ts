// Whom to ask for the approvals that are missing: few people who together may approve everything.
import { createHash } from 'node:crypto'
import { type Area, allApprovers, unapproved } from './areas.ts'

interface Given {
  readonly areas: readonly Area[]
  /** Logins, in lower case, of those who approve already. */
  readonly approvers: ReadonlySet<string>
  /** Likewise of those who are assigned. */
  readonly assignees: ReadonlySet<string>
  /** Number of the pull request: it decides among people who would do equally well. */
  readonly number: number
}

/** Logins in lower case, sorted. Assigned people are among them where they are needed. */
export function suggest({ areas, approvers, assignees, number }: Given): readonly string[] {
  const leaf = (area: Area) => area.leaf
  const fresh = keep({ areas, of: leaf, known: approvers.union(assignees), from: shuffled(areas, number) })
  const known = approvers.union(fresh)
  const kept = keep({ areas, of: allApprovers, known, from: [...known.union(assignees)].sort() })
  // Where owners differ within a folder somebody may help there who has done so already.
  return [...fresh.union(kept).difference(approvers)].sort()
}

interface Choice {
  readonly areas: readonly Area[]
  /** Whom an area may be put down to. */
  of(area: Area): ReadonlySet<string>
  readonly from: readonly string[]
}

/** Of those who cover the areas, the ones who help with what is left when everybody known has approved. */
function keep({ known, ...choice }: Choice & { readonly known: ReadonlySet<string> }): ReadonlySet<string> {
  const left = unapproved(choice.areas, known)
  if (left.length === 0) return new Set()
  return new Set(cover(choice).filter((person) => left.some((area) => choice.of(area).has(person))))
}

/** Picks people, of most use first, until everything is approved or nobody is of use. */
function cover({ areas, of, from }: Choice): readonly string[] {
  const candidates = new Set(from)
  const helps = new Map<string, { readonly inAll: number; open: number }>()
  for (const area of areas)
    for (const person of of(area)) {
      const { inAll = 0 } = helps.get(person) ?? {}
      helps.set(person, { inAll: inAll + 1, open: inAll + 1 })
    }
  let open = areas.map((area) => ({ area, approvers: area.approvers }))
  const picked: string[] = []
  while (open.length > 0) {
    let best: string | undefined
    let most = 0
    for (const person of candidates) {
      const help = helps.get(person)
      if (!help || help.open <= most) continue
      best = person
      // Like upstream, which compares the next one with all that this one owns.
      most = help.inAll
    }
    if (best === undefined) break
    const chosen = best
    candidates.delete(chosen)
    picked.push(chosen)
    const rest = open.map(({ area, approvers }) => ({ area, approvers: approvers.filter((ones) => !ones.has(chosen)) }))
    for (const { area, approvers } of rest)
      if (approvers.length === 0)
        for (const person of of(area)) {
          const help = helps.get(person)
          if (help) help.open--
        }
    open = rest.filter(({ approvers }) => approvers.length > 0)
  }
  return picked
}

/** Owners nearest to the files, in an order that differs between pull requests and is always the same for one of them. */
function shuffled(areas: readonly Area[], number: number): readonly string[] {
  const people = areas.flatMap(({ leaf }) => [...leaf].filter(isLogin)).sort()
  const place = (text: string) => createHash('sha256').update(text).digest('hex')
  return people
    .map((login, index) => ({ login, place: place(`${number} ${index} ${login}`) }))
    .sort((a, b) => (a.place < b.place ? -1 : 1))
    .map(({ login }) => login)
}

/** OWNERS files may hold any text; only what can be a login is shown to people as one. */
const isLogin = (name: string): boolean => /^[a-z0-9][a-z0-9_-]*(?:\[bot\])?$/.test(name)
