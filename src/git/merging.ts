// Merges commits as Tide would, in the object store of a mirror: no checkout, no branch.
import { conflictOf } from './failures.ts'
import type { Fetching } from './fetching.ts'
import { GitError, type MergeMethod } from './git.ts'
import type { MirrorRuns } from './mirror-folder.ts'
import { blobsOfCommits } from './objects.ts'

/** See Mirror.merged. All commits are here already. The same question gives the same SHA. */
export async function mergedCommit(
  runs: MirrorRuns,
  fetching: Fetching,
  base: string,
  heads: readonly string[],
  method: MergeMethod,
  signal?: AbortSignal,
): Promise<string> {
  if (heads.length === 0) return base
  const { stdout } = await runs.local(['log', '-1', '--format=%ct', base], { signal })
  const merging = { runs, fetching, signal, date: `@${stdout.toString('utf8').trim()} +0000` }
  let onto = base
  for (const head of heads) onto = await steps[method](merging, onto, head)
  return onto
}

interface Merging {
  readonly runs: MirrorRuns
  readonly fetching: Fetching
  readonly signal: AbortSignal | undefined
  /** Of the commits that are made. */
  readonly date: string
}
type Step = (merging: Merging, onto: string, head: string) => Promise<string>

const merge: Step = async (merging, onto, head) =>
  commit(merging, await mergedTree(merging, onto, head, head), [onto, head])

const steps: Readonly<Record<MergeMethod, Step>> = {
  merge,
  async ifNecessary(merging, onto, head) {
    const args = ['merge-base', '--is-ancestor', onto, head]
    const { code } = await merging.runs.local(args, { accept: [0, 1], signal: merging.signal })
    return code === 0 ? head : merge(merging, onto, head)
  },
  async squash(merging, onto, head) {
    return commit(merging, await mergedTree(merging, onto, head, head), [onto])
  },
  async rebase(merging, onto, head) {
    let tip = onto
    // Else git would fetch for each commit what it has changed.
    await merging.fetching.blobs(await blobsOfCommits(merging.runs, onto, head, merging.signal), merging.signal)
    for (const each of await commitsToReplay(merging, onto, head)) tip = await replay(merging, tip, each, head)
    return tip
  },
}

/** Throws GitError `conflict`, about the head, when `theirs` does not fit. */
async function mergedTree(
  { runs, signal }: Merging,
  ours: string,
  theirs: string,
  head: string,
  more: readonly string[] = [],
): Promise<string> {
  const args = ['merge-tree', '--write-tree', '-z', '--name-only', '--no-messages', ...more, ours, theirs]
  try {
    // With the remote: what a merge has to look into is fetched by git itself, in one go for all files.
    const { code, stdout } = await runs.remote(args, { accept: [0, 1], signal })
    const [tree = '', ...files] = stdout.toString('utf8').split('\0').filter(Boolean)
    if (code === 0) return tree.trim()
    throw conflictOf(runs.about, head, files)
  } catch (error) {
    if (!(error instanceof GitError && error.message.includes('unrelated histories'))) throw error
    throw conflictOf(runs.about, head, [])
  }
}

interface Commit {
  readonly sha: string
  readonly parents: readonly string[]
  readonly author: string
  readonly email: string
  /** As git takes it. */
  readonly date: string
  readonly message: string
}

const mostReplayed = 1000
const fields = ['%H', '%P', '%an', '%ae', '%ad', '%B'].join('%x1f')

/** What a rebase takes over, oldest first: no merges, and nothing that is there already under another SHA. */
async function commitsToReplay({ runs, signal }: Merging, onto: string, head: string): Promise<readonly Commit[]> {
  const which = ['--no-merges', '--cherry-pick', '--right-only', '--topo-order', `--max-count=${mostReplayed + 1}`]
  const args = ['log', '-z', ...which, '--date=raw', `--format=${fields}`, `${onto}...${head}`]
  const { stdout } = await runs.remote(args, { signal })
  const commits = stdout
    .toString('utf8')
    .split('\0')
    .filter(Boolean)
    .map((record): Commit => {
      const [sha = '', parents = '', author = '', email = '', date = '', ...message] = record.split('\x1f')
      return {
        sha,
        parents: parents.split(' ').filter(Boolean),
        author,
        email,
        date: `@${date}`,
        message: message.join('\x1f'),
      }
    })
  if (commits.length > mostReplayed)
    throw new GitError('failed', `${runs.about}: ${head} has more than ${mostReplayed} commits to rebase`)
  return commits.reverse()
}

async function replay(merging: Merging, tip: string, each: Commit, head: string): Promise<string> {
  const [parent] = each.parents
  if (parent === tip) return each.sha
  const tipTree = await treeOf(merging, tip)
  // A stand-in for the tip whose parent is the commit's own parent makes that parent the merge base, which turns the merge into a
  // cherry-pick. (git 2.40 has an option for it.)
  const standIn = await commit(merging, tipTree, each.parents)
  const tree = await mergedTree(merging, standIn, each.sha, head, ['--allow-unrelated-histories'])
  // A commit that has become empty is left out, one that always was is not.
  if (tree === tipTree && parent !== undefined && (await treeOf(merging, parent)) !== (await treeOf(merging, each.sha)))
    return tip
  return commit(merging, tree, [tip], {
    message: each.message,
    env: {
      GIT_AUTHOR_NAME: each.author || 'unknown',
      GIT_AUTHOR_EMAIL: each.email,
      GIT_AUTHOR_DATE: each.date,
    },
  })
}

async function treeOf({ runs, signal }: Merging, sha: string): Promise<string> {
  return (await runs.local(['rev-parse', `${sha}^{tree}`], { signal })).stdout.toString('utf8').trim()
}

async function commit(
  { runs, signal, date }: Merging,
  tree: string,
  parents: readonly string[],
  { message = 'merge\n', env = {} }: { message?: string; env?: Readonly<Record<string, string>> } = {},
): Promise<string> {
  const args = ['commit-tree', tree, ...parents.flatMap((parent) => ['-p', parent])]
  const { stdout } = await runs.local(args, {
    input: message,
    env: { GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date, ...env },
    signal,
  })
  return stdout.toString('utf8').trim()
}
