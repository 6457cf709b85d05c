// Who wants a pull request on which branches: read from comments, descriptions and labels.
import { re2 } from '../../config/re2.ts'
import { fields } from '../shared/go-text.ts'

export const cherrypickCommand = re2`(?m)^(?:/cherrypick|/cherry-pick)\s+(.+)$`

/** Each costs a merge, a push and a pull request; further ones in one text are left out. */
const mostTargets = 20
/** Characters. No code host has branches with longer names. */
const longestBranch = 255

/** A text that somebody wrote. */
export interface Said {
  readonly login: string
  readonly body: string
  readonly html_url: string
}

/** One branch that somebody wants a pull request on. */
export interface Wish {
  readonly target: string
  /** Branches that are to be asked for on the pull request that is made. */
  readonly chain: readonly string[]
  /** Login. */
  readonly by: string
  /** Where it was asked for; absent when it was by a label. */
  readonly said?: Said
}

const byTarget = (wishes: Iterable<Wish>): Wish[] => [...wishes].sort((a, b) => (a.target < b.target ? -1 : 1))

/** The commands of a text, by branch; of several for one branch the last. */
export function wishesIn(said: Said): readonly Wish[] {
  const wishes = new Map<string, Wish>()
  for (const { groups } of cherrypickCommand.all(said.body)) {
    const branches = fields(groups[0] ?? '').filter((branch) => branch.length <= longestBranch)
    const [target, ...chain] = branches.slice(0, 1 + mostTargets)
    if (target === undefined || (wishes.size >= mostTargets && !wishes.has(target))) continue
    wishes.set(target, { target, chain, by: said.login, said })
  }
  return byTarget(wishes.values())
}

/** What labels ask for, in the name of the author. */
export function wishesOfLabels(labels: readonly string[], prefix: string, author: string): readonly Wish[] {
  const targets = labels.filter((label) => label.startsWith(prefix)).map((label) => label.slice(prefix.length))
  return targets.filter((target) => target !== '').map((target) => ({ target, chain: [], by: author }))
}

/** One wish for each branch: the last, with the last chain that anybody gave. */
export function oneForEach(wishes: readonly Wish[]): readonly Wish[] {
  const last = new Map<string, Wish>()
  for (const wish of wishes) {
    const chain = wish.chain.length > 0 ? wish.chain : (last.get(wish.target)?.chain ?? [])
    last.set(wish.target, { ...wish, chain })
  }
  return byTarget(last.values()).slice(0, mostTargets)
}
