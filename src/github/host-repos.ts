// GitHub: repositories with their labels, milestones, branches, commits and files.
import { CodeHostError, type RepositoryOperations } from '../api/code-host.ts'
import { hasStatus } from './errors.ts'
import { type Ask, all, ifFound, refused, repoOf, repoText } from './host-call.ts'
import { blame } from './host-graphql.ts'
import { commitFrom, milestoneFrom, repositoryFrom } from './host-shapes.ts'
import type { Octokit } from './octokit.ts'

const defaultMostBytes = 10 * 1024 * 1024

export const repositoryOperations = (ask: Ask): RepositoryOperations => ({
  repository: (at) =>
    ask(`repository ${repoText(at)}`, at.org, async ({ rest }) =>
      repositoryFrom((await rest.repos.get(repoOf(at))).data),
    ),

  repositories: (org) =>
    ask(`repositories of ${org}`, org, async (octokit) => {
      try {
        return (await octokit.paginate(octokit.rest.repos.listForOrg, { org, ...all })).map(({ name }) => name)
      } catch (error) {
        if (!hasStatus(error, 404)) throw error
        return (await octokit.paginate(octokit.rest.repos.listForUser, { username: org, ...all })).map(
          ({ name }) => name,
        )
      }
    }),

  repoLabels: (at) =>
    ask(`labels of ${repoText(at)}`, at.org, async (octokit) =>
      (await octokit.paginate(octokit.rest.issues.listLabelsForRepo, { ...repoOf(at), ...all })).map(
        ({ name, color, description }) => ({ name, color, description: description ?? '' }),
      ),
    ),

  createLabel: (at, label) =>
    ask(`label "${label.name}" of ${repoText(at)}`, at.org, async ({ rest }) => {
      try {
        await rest.issues.createLabel({ ...repoOf(at), ...label })
      } catch (error) {
        if (!refused(error, 'already_exists')) throw error
      }
    }),

  milestones: (at) =>
    ask(`milestones of ${repoText(at)}`, at.org, async (octokit) =>
      (await octokit.paginate(octokit.rest.issues.listMilestones, { ...repoOf(at), ...all })).map(milestoneFrom),
    ),

  createFork: (at) =>
    ask(`fork of ${repoText(at)}`, at.org, async ({ rest }) => {
      const { owner, name } = (await rest.repos.createFork(repoOf(at))).data
      return { org: owner.login, repo: name }
    }),

  branchSha: (at, branch) =>
    ask(`branch ${branch} of ${repoText(at)}`, at.org, ({ rest }) => shaOf(rest, at, `heads/${branch}`)),

  refs: (at, prefix) =>
    ask(`refs ${prefix}* of ${repoText(at)}`, at.org, async (octokit) =>
      (await octokit.paginate(octokit.rest.git.listMatchingRefs, { ...repoOf(at), ref: prefix, ...all })).map(
        ({ ref, object }) => ({ ref: ref.replace(/^refs\//, ''), sha: object.sha }),
      ),
    ),

  createRef: (at, ref, sha) =>
    ask(`ref ${ref} of ${repoText(at)}`, at.org, async ({ rest }) => {
      try {
        await rest.git.createRef({ ...repoOf(at), ref: `refs/${ref}`, sha })
      } catch (error) {
        if (!refused(error, 'Reference already exists')) throw error
        const there = await shaOf(rest, at, ref)
        if (there !== sha) throw new CodeHostError('conflict', 422, `${ref} of ${repoText(at)} is at ${there} already`)
      }
    }),

  deleteRef: (at, ref) =>
    ask(`ref ${ref} of ${repoText(at)}`, at.org, async ({ rest }) => {
      try {
        await rest.git.deleteRef({ ...repoOf(at), ref })
      } catch (error) {
        if (!refused(error, 'Reference does not exist')) throw error
      }
    }),

  treeSha: (at, commit) =>
    ask(
      `commit ${commit} of ${repoText(at)}`,
      at.org,
      async ({ rest }) => (await rest.git.getCommit({ ...repoOf(at), commit_sha: commit })).data.tree.sha,
    ),

  commit: (at, ref) =>
    ask(`commit ${ref} of ${repoText(at)}`, at.org, async ({ rest }) => {
      try {
        return commitFrom((await rest.repos.getCommit({ ...repoOf(at), ref })).data)
      } catch (error) {
        // GitHub has two answers for a commit that it does not have.
        if (refused(error, 'No commit found')) throw new CodeHostError('not-found', 422, `there is no commit ${ref}`)
        throw error
      }
    }),

  mergeBase: (at, base, head) =>
    ask(`merge base of ${base} and ${head} in ${repoText(at)}`, at.org, async ({ rest }) => {
      // Its files are not asked for: one commit to a page is the smallest answer.
      const which = { ...repoOf(at), basehead: `${base}...${head}`, per_page: 1 }
      return (await rest.repos.compareCommitsWithBasehead(which)).data.merge_base_commit.sha
    }),

  file: (at, path, ref, mostBytes = defaultMostBytes) =>
    ask(`file ${path} of ${repoText(at)}@${ref}`, at.org, async ({ rest }) => {
      const data = (await ifFound(rest.repos.getContent({ ...repoOf(at), path, ref })))?.data
      if (data === undefined || Array.isArray(data) || data.type !== 'file' || !('content' in data)) return undefined
      if (data.size > mostBytes)
        throw new CodeHostError('invalid', 200, `${path} has ${data.size} bytes, more than ${mostBytes}`)
      // From one megabyte on the content is not in this answer.
      const inline = data.encoding === 'base64'
      const content = inline ? data.content : await blobOf(rest, at, data.sha)
      return Buffer.from(content, 'base64')
    }),

  directory: (at, path, ref) =>
    ask(`directory ${path} of ${repoText(at)}@${ref}`, at.org, async ({ rest }) => {
      const data = (await ifFound(rest.repos.getContent({ ...repoOf(at), path, ref })))?.data
      if (!Array.isArray(data)) return undefined
      return data.map(({ name, path: place, type, size, sha }) => ({ name, path: place, type, size, sha }))
    }),

  blame: (at, path, ref) =>
    ask(`blame of ${path} of ${repoText(at)}@${ref}`, at.org, (octokit) => blame(octokit, at, path, ref)),

  requiredContexts: (at, branch) =>
    ask(`protection of branch ${branch} of ${repoText(at)}`, at.org, async ({ rest }) => {
      const found = await ifFound(rest.repos.getBranchProtection({ ...repoOf(at), branch }), 'Branch not protected')
      const required = found?.data.required_status_checks
      return [...new Set([...(required?.contexts ?? []), ...(required?.checks ?? []).map(({ context }) => context)])]
    }),
})

/** The answer's type is that of one ref; a prefix of other names answers 404 here, unlike the older route. */
async function shaOf(rest: Octokit['rest'], at: { org: string; repo: string }, ref: string): Promise<string> {
  return (await rest.git.getRef({ ...repoOf(at), ref })).data.object.sha
}

const blobOf = async (rest: Octokit['rest'], at: { org: string; repo: string }, sha: string): Promise<string> =>
  (await rest.git.getBlob({ ...repoOf(at), file_sha: sha })).data.content
