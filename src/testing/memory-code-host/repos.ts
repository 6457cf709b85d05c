// The code host in memory: repositories with their labels, milestones, branches, commits and files.
import { CodeHostError, type Commit, type RepoRef, type RepositoryOperations } from '../../api/code-host.ts'
import {
  append,
  branchKey,
  commitKey,
  exists,
  invalid,
  type Memory,
  notFound,
  pageOf,
  repoKey,
  sameText,
} from './state.ts'

export function repositoryOperations(memory: Memory): RepositoryOperations {
  const { state, bot, effect, doing } = memory

  function demand(at: RepoRef): void {
    if (!exists(memory, at)) throw notFound(repoKey(at))
  }

  /** Branches or tags, by the first word of a ref. */
  function tableOf(ref: string): { table: Map<string, string>; name: string } {
    const [, kind, name = ''] = /^(heads|tags)\/(.*)$/.exec(ref) ?? []
    if (kind === undefined) throw invalid(`${ref} is neither below heads/ nor below tags/`)
    return { table: kind === 'heads' ? state.branches : state.tags, name }
  }

  /** Contents at a branch or commit, whichever name of it a test has used. */
  function contentsAt(at: RepoRef, ref: string): Readonly<Record<string, string | Uint8Array>> {
    const heads = [...state.branches].filter(([key]) => key.startsWith(`${repoKey(at)}:`))
    const names = heads.flatMap(([key, sha]) => {
      const branch = key.slice(repoKey(at).length + 1)
      return branch === ref ? [sha] : sha === ref ? [branch] : []
    })
    const found = [ref, ...names].map((name) => state.contents.get(commitKey(at, name))).find(Boolean)
    return found ?? {}
  }

  function commitAt(at: RepoRef, ref: string): Commit | undefined {
    const sha = state.branches.get(branchKey(at, ref)) ?? ref
    const all = [...state.commits].filter(([key]) => key.startsWith(`${repoKey(at)}#`)).flatMap(([, list]) => list)
    return all.find((commit) => commit.sha === sha)
  }

  return {
    repository: (at) =>
      doing('repository', repoKey(at), () => {
        demand(at)
        return {
          ...{ org: at.org, repo: at.repo, node_id: `R_${repoKey(at)}`, html_url: pageOf(at), default_branch: 'main' },
          ...{ private: false, archived: false },
          ...{ allow_merge_commit: true, allow_squash_merge: true, allow_rebase_merge: true },
          ...state.repos.get(repoKey(at)),
        }
      }),
    repositories: (org) =>
      doing('repositories', org, () => {
        const { pulls, issues, repos, branches, contents } = state
        const keys = [pulls, issues, repos, branches, contents].flatMap((map) => [...map.keys()])
        const names = keys.filter((key) => key.startsWith(`${org}/`)).map((key) => key.slice(org.length + 1))
        return state.repositories.get(org) ?? [...new Set(names.map((name) => name.replace(/[#:@].*/, '')))]
      }),
    repoLabels: (at) =>
      doing('repoLabels', repoKey(at), () => {
        demand(at)
        return [...(state.repoLabels.get(repoKey(at)) ?? [])]
      }),
    createLabel: (at, label) =>
      doing('createLabel', repoKey(at), () => {
        demand(at)
        const known = state.repoLabels.get(repoKey(at)) ?? []
        if (known.some(({ name }) => sameText(name)(label.name))) return
        if (!/^[0-9a-f]{6}$/i.test(label.color)) throw invalid('color: invalid')
        append(state.repoLabels, repoKey(at), label)
        effect(`${repoKey(at)} new label ${label.name}`)
      }),
    milestones: (at) =>
      doing('milestones', repoKey(at), () => {
        demand(at)
        return (state.milestones.get(repoKey(at)) ?? []).filter((milestone) => milestone.state === 'open')
      }),
    createFork: (at) =>
      doing('createFork', repoKey(at), () => {
        demand(at)
        const fork = { org: bot, repo: at.repo }
        if (!state.repos.has(repoKey(fork))) {
          state.repos.set(repoKey(fork), { parent: { org: at.org, repo: at.repo } })
          effect(`${repoKey(at)} fork to ${repoKey(fork)}`)
        }
        return fork
      }),

    branchSha: (at, branch) =>
      doing('branchSha', branchKey(at, branch), () => {
        const sha = state.branches.get(branchKey(at, branch))
        if (sha === undefined) throw notFound(`branch ${branchKey(at, branch)}`)
        return sha
      }),
    refs: (at, prefix) =>
      doing('refs', `${repoKey(at)} ${prefix}`, () => {
        demand(at)
        const { table, name } = tableOf(prefix)
        const kind = prefix.slice(0, prefix.indexOf('/'))
        return [...table]
          .filter(([key]) => key.startsWith(branchKey(at, name)))
          .map(([key, sha]) => ({ ref: `${kind}/${key.slice(repoKey(at).length + 1)}`, sha }))
          .sort((a, b) => (a.ref < b.ref ? -1 : 1))
      }),
    createRef: (at, ref, sha) =>
      doing('createRef', `${repoKey(at)} ${ref}`, () => {
        demand(at)
        const { table, name } = tableOf(ref)
        const there = table.get(branchKey(at, name))
        if (there === sha) return
        if (there !== undefined)
          throw new CodeHostError('conflict', 422, `${ref} of ${repoKey(at)} is at ${there} already`)
        table.set(branchKey(at, name), sha)
        effect(`${repoKey(at)} +${ref}`)
      }),
    deleteRef: (at, ref) =>
      doing('deleteRef', `${repoKey(at)} ${ref}`, () => {
        demand(at)
        const { table, name } = tableOf(ref)
        if (table.delete(branchKey(at, name))) effect(`${repoKey(at)} -${ref}`)
      }),

    treeSha: (at, commit) =>
      doing('treeSha', commitKey(at, commit), () => {
        const sha = state.trees.get(commitKey(at, commit)) ?? commitAt(at, commit)?.tree
        if (sha === undefined) throw notFound(`commit ${commitKey(at, commit)}`)
        return sha
      }),
    commit: (at, ref) =>
      doing('commit', commitKey(at, ref), () => {
        const commit = commitAt(at, ref)
        if (!commit) throw notFound(`commit ${commitKey(at, ref)}`)
        return commit
      }),
    mergeBase: (at, base, head) =>
      doing('mergeBase', branchKey(at, `${base}...${head}`), () => {
        const sha = state.mergeBases.get(branchKey(at, `${base}...${head}`))
        if (sha === undefined) throw notFound(`merge base of ${base} and ${head} in ${repoKey(at)}`)
        return sha
      }),
    file: (at, path, ref, mostBytes = 10 * 1024 * 1024) =>
      doing('file', `${commitKey(at, ref)}:${path}`, () => {
        const content = contentsAt(at, ref)[path]
        if (content === undefined) return undefined
        const bytes = Buffer.from(content)
        if (bytes.length > mostBytes) throw invalid(`${path} has ${bytes.length} bytes, more than ${mostBytes}`)
        return bytes
      }),
    directory: (at, path, ref) =>
      doing('directory', `${commitKey(at, ref)}:${path}`, () => {
        const start = path === '' ? '' : `${path}/`
        const inside = Object.entries(contentsAt(at, ref)).filter(([name]) => name.startsWith(start))
        if (inside.length === 0) return undefined
        const sizes = new Map<string, number | 'dir'>()
        for (const [name, content] of inside) {
          const [first = '', ...rest] = name.slice(start.length).split('/')
          sizes.set(first, rest.length > 0 ? 'dir' : Buffer.from(content).length)
        }
        return [...sizes]
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([name, size]) => ({
            ...{ name, path: `${start}${name}`, sha: '' },
            ...(size === 'dir' ? { type: 'dir', size: 0 } : { type: 'file', size }),
          }))
      }),
    blame: (at, path, ref) =>
      doing('blame', `${commitKey(at, ref)}:${path}`, () => {
        if (
          !state.branches.has(branchKey(at, ref)) &&
          ![...state.branches.values()].includes(ref) &&
          !commitAt(at, ref)
        )
          throw notFound(`commit ${commitKey(at, ref)}`)
        return state.blames.get(`${repoKey(at)}:${path}`) ?? []
      }),
    requiredContexts: (at, branch) =>
      doing('requiredContexts', branchKey(at, branch), () => {
        if (!state.branches.has(branchKey(at, branch))) throw notFound(`branch ${branchKey(at, branch)}`)
        return state.requiredContexts.get(branchKey(at, branch)) ?? []
      }),
  }
}
