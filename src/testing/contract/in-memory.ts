// The stage in memory.
import { createHash } from 'node:crypto'
import type { Commit, IssueRef } from '../../api/code-host.ts'
import { testClock } from '../clock.ts'
import { append, freeNumber, issueKey, repoKey } from '../memory-code-host/state.ts'
import { memoryCodeHost, userNamed } from '../memory-code-host.ts'
import { at, bobsAddress, bot, elsewhere, files, kindBug, milestones, team } from './cast.ts'
import type { Standing } from './stage.ts'

const shaOf = (text: string) => createHash('sha1').update(text).digest('hex')
const mainSha = shaOf('main')

export async function inMemory(): Promise<Standing> {
  const clock = testClock()
  const host = memoryCodeHost(clock, bot)
  const { state } = host
  for (const login of ['alice', 'bob', bot]) {
    state.members.add(`${at.org}/${login}`)
    state.permissions.set(`${repoKey(at)}/${login}`, login === 'bob' ? 'write' : 'admin')
    state.collaborators.add(`${repoKey(at)}/${login}`)
  }
  state.accounts.add('casey')
  state.emails.set(bobsAddress, ['bob'])
  state.teams.set(`${at.org}/${team.name}`, ['bob'])
  state.milestones.set(repoKey(at), [...milestones])
  state.repoLabels.set(repoKey(at), [kindBug])
  state.repos.set(repoKey(elsewhere), {})
  for (const branch of ['main', 'release-1']) state.branches.set(`${repoKey(at)}:${branch}`, mainSha)
  host.write(at, 'main', files)
  state.blames.set(`${repoKey(at)}:README.md`, [{ start: 1, end: 1, login: 'alice', date: '2026-01-01T00:00:00Z' }])

  const next = (): IssueRef => ({ ...at, number: freeNumber({ state }, at) })
  return {
    stop: async () => {},
    stage: {
      host,
      async openIssue(author, title, body = '') {
        const ref = next()
        host.openIssue(ref, { title, body, user: userNamed(author) })
        return ref
      },
      async openPull(author, title, { body = '', base = 'main' } = {}) {
        const ref = next()
        const commit = commitNamed(author, title, shaOf(`${ref.number} ${title}`))
        const repo = author === 'casey' ? { org: 'casey', repo: at.repo } : at
        const branch = `branch-${ref.number}`
        const ends = {
          base: { ref: base, sha: mainSha, repo: { ...at, html_url: `https://github.com/${repoKey(at)}` } },
          head: { ref: branch, sha: commit.sha, repo },
        }
        host.open(ref, { title, body, user: userNamed(author), ...ends })
        state.branches.set(`${repoKey(repo)}:${branch}`, commit.sha)
        state.files.set(issueKey(ref), [
          { filename: 'lamp.txt', status: 'added', additions: 1, deletions: 0, patch: `@@ -0,0 +1 @@\n+${title}` },
        ])
        state.commits.set(issueKey(ref), [commit])
        state.patches.set(issueKey(ref), `From ${commit.sha}\nSubject: [PATCH] ${title}\n`)
        state.mergeBases.set(`${repoKey(at)}:${base}...${commit.sha}`, mainSha)
        return ref
      },
      async merge(ref) {
        const pull = await host.pullRequest(ref)
        host.open(ref, { ...pull, state: 'closed', merged: true, merge_commit_sha: shaOf(`merge ${ref.number}`) })
        const key = `${at.org}/${pull.user.login}`
        state.merged.set(key, (state.merged.get(key) ?? 0) + 1)
      },
      say: async (ref, login, body) => host.say(ref, login, body).id,
      review: async (ref, login, verdict, body) => void host.review(ref, login, verdict, body),
      label: async (ref, login, label) => host.label(ref, login, label),
      protect: async (branch, contexts) => void state.requiredContexts.set(`${repoKey(at)}:${branch}`, contexts),
      setBusy: async (login) => void state.busy.add(login),
      async checkRun(sha, name, conclusion) {
        const rest = conclusion ? { conclusion, completed_at: '2026-01-01T00:00:00Z' } : {}
        const status = conclusion ? 'completed' : 'in_progress'
        append(state.checkRuns, `${repoKey(at)}@${sha}`, { id: 1, name, head_sha: sha, html_url: '', status, ...rest })
      },
    },
  }
}

function commitNamed(login: string, message: string, sha: string): Commit {
  const who = { name: login, email: `${login}@users.noreply.github.com`, date: '2026-01-01T00:00:00Z', login }
  return {
    ...{ sha, message, author: who, committer: who, html_url: '' },
    ...{ parents: [mainSha], tree: shaOf(`tree of ${sha}`) },
    verification: { verified: false, reason: 'unsigned' },
  }
}
