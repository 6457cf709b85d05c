// Which owners of changed files to ask for a review: those nearest to the files first, then those above them.
import { difference, flat, type LayeredSet, pick as pickByChance } from '../../owners/layered-set.ts'
import type { RepoOwners } from '../../owners/lookup.ts'

/** How well people know the changed lines, by login; who is not there does not know them. */
export type Scores = ReadonlyMap<string, number>

/** One of these people, from the nearest layer; undefined when none of them can be asked. */
type Pick = (from: LayeredSet) => Promise<string | undefined>

/** What is known of a change. Logins are normalised. */
export interface Choosing {
  readonly repo: RepoOwners
  /** Paths. */
  readonly files: readonly string[]
  readonly author: string
  /** Who is asked already. Those whom we could have asked count, and nobody is asked in their stead. */
  readonly asked: ReadonlySet<string>
  readonly limits: {
    readonly request_count: number
    /** 0 is no limit. */
    readonly max_request_count: number
    readonly exclude_approvers: boolean
  }
  readonly scores: Scores
  /** Where the owners of the files are too few, others of the repository are asked. */
  readonly asksOthers: boolean
  readonly pick: Pick
}

/** Picks who knows the changed lines best, else somebody by chance. The busy are left out, and looked up once. */
export function picker(
  scores: Scores,
  isBusy: (login: string) => Promise<boolean>,
  ids: Parameters<typeof pickByChance>[1],
): Pick {
  const busy = new Set<string>()
  return async (from) => {
    for (;;) {
      const login = pickByChance(best(difference(from, busy), scores), ids)
      if (login === undefined || !(await isBusy(login))) return login
      busy.add(login)
    }
  }
}

/** Those with the highest score; everybody when nobody has any. */
function best(from: LayeredSet, scores: Scores): LayeredSet {
  const logins = [...flat(from)]
  const highest = logins.reduce((most, login) => Math.max(most, scores.get(login) ?? 0), 0)
  return highest > 0 ? [new Set(logins.filter((login) => scores.get(login) === highest))] : from
}

/** One kind of owners, as OWNERS files name them for a path. */
interface Kind {
  /** Folder of the file that names the nearest of them. */
  folder(path: string): string
  nearest(path: string): ReadonlySet<string>
  all(path: string): LayeredSet
}

/** Whom to ask besides those who are asked already; who is to be kept when there are too many stands first. */
export async function chooseReviewers(given: Choosing): Promise<readonly string[]> {
  const { repo, files, author, asked, limits, scores, pick } = given
  const { request_count: wanted, max_request_count: most, exclude_approvers: excludesApprovers } = limits
  if (wanted < 1) return []
  const counted = asked.intersection(pool(given)).size
  const taken = new Set([author, ...asked])
  const before = taken.size
  const isEnough = () => counted + taken.size - before >= wanted

  const take = async (from: LayeredSet, into: string[]): Promise<boolean> => {
    const login = await pick(difference(from, taken))
    if (login === undefined) return false
    taken.add(login)
    into.push(login)
    return true
  }
  const takeEnough = async (from: LayeredSet, into: string[]): Promise<void> => {
    while (!isEnough() && (await take(from, into)));
  }
  /** @param eachFolder Whether there is somebody for each folder, also when they are more than are wanted. */
  const owners = async ({ folder, nearest, all }: Kind, eachFolder: boolean): Promise<string[]> => {
    const [first, second, third]: [string[], string[], string[]] = [[], [], []]
    const folders = [...Map.groupBy(files, folder).values()].map(([file = '']) => nearest(file))
    for (const people of folders) {
      if (!eachFolder && isEnough()) break
      if (people.isDisjointFrom(asked)) await take([people], first)
    }
    await takeEnough([flat(folders)], second)
    for (const file of files) if (!isEnough()) await takeEnough(all(file), third)
    return [...first.sort(), ...second.sort(), ...third.sort()]
  }

  const { reviewersFolder, leafReviewers, reviewers, approversFolder, leafApprovers, approvers } = repo
  const chosen = await owners({ folder: reviewersFolder, nearest: leafReviewers, all: reviewers }, true)
  // Approvers only fill up.
  if (!excludesApprovers)
    chosen.push(...(await owners({ folder: approversFolder, nearest: leafApprovers, all: approvers }, false)))
  if (given.asksOthers) await takeEnough([repo.allOwners()], chosen)

  const score = (login: string) => scores.get(login) ?? 0
  const ranked = chosen.toSorted((a, b) => score(b) - score(a))
  const kept = most > 0 ? ranked.slice(0, Math.max(0, most - counted)) : ranked
  const required = files.flatMap((file) => [...repo.requiredReviewers(file)]).sort()
  return [...new Set([...kept, ...required.filter((login) => login !== author && !asked.has(login))])]
}

/** Everybody whom we could ask. */
function pool({ repo, files, asked, limits, asksOthers }: Choosing): ReadonlySet<string> {
  if (asked.size === 0) return asked
  if (asksOthers) return repo.allOwners()
  const kinds = limits.exclude_approvers ? [repo.reviewers] : [repo.reviewers, repo.approvers]
  return flat(files.flatMap((file) => kinds.flatMap((kind) => kind(file))))
}
