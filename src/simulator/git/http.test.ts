// Clone, fetch and push with the real git command, and what a push leads to.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Fixture, startFixture } from '../fixture.ts'
import { gitText, runGit } from './command.ts'

describe('git over HTTP', () => {
  let fixture: Fixture
  let work: string

  beforeAll(async () => {
    fixture = await startFixture()
    work = await mkdtemp(join(tmpdir(), 'simulator-git-'))
  })
  afterAll(async () => {
    await fixture.close()
    await rm(work, { recursive: true, force: true })
  })

  /** The address of a repository with somebody's token in it. */
  function remote(repo: string, login?: string): string {
    const url = new URL(`${fixture.sim.url}/${repo}`)
    if (login !== undefined) {
      url.username = 'x-access-token'
      url.password = fixture.sim.tokens[login] ?? 'wrong'
    }
    return url.href
  }

  async function clone(name: string, repo: string, login?: string): Promise<string> {
    const dir = join(work, name)
    await gitText(work, ['clone', '--quiet', remote(repo, login), dir])
    await gitText(dir, ['config', 'user.name', login ?? 'nobody'])
    await gitText(dir, ['config', 'user.email', `${login ?? 'nobody'}@users.noreply.github.com`])
    return dir
  }

  async function commit(dir: string, path: string, content: string): Promise<string> {
    await writeFile(join(dir, path), content)
    await gitText(dir, ['add', '--all'])
    await gitText(dir, ['commit', '--quiet', '--message', `Write ${path}`])
    return gitText(dir, ['rev-parse', 'HEAD'])
  }

  /** Runs git and returns what it complained about; fails when it did not. */
  async function refused(dir: string, args: readonly string[]): Promise<string> {
    const { code, stderr } = await runGit(dir, args, { accept: [0, 1, 128] })
    expect(code, `git ${args.join(' ')} should fail`).not.toBe(0)
    return stderr
  }

  test('anybody reads a public repository, with and without .git', async () => {
    expect(await gitText(work, ['ls-remote', remote('acme/site.git'), 'HEAD'])).toMatch(/^[0-9a-f]{40}\tHEAD$/)
    expect(await gitText(work, ['ls-remote', remote('acme/site'), 'HEAD'])).toMatch(/HEAD$/)
  })

  test('a private repository shows itself to its members only', async () => {
    expect(await refused(work, ['ls-remote', remote('acme/secret.git')])).toMatch(
      /could not read Username|Authentication/i,
    )
    expect(await refused(work, ['ls-remote', remote('acme/secret.git', 'stranger')])).toMatch(/not found/i)
    expect(await gitText(work, ['ls-remote', remote('acme/secret.git', 'bob'), 'HEAD'])).toMatch(/HEAD$/)
  })

  test('a wrong token is refused, and nobody pushes without rights', async () => {
    expect(await refused(work, ['ls-remote', remote('acme/secret.git', 'nosuch')])).toMatch(
      /Authentication failed|Bad credentials/,
    )
    const dir = await clone('stranger', 'acme/site.git', 'stranger')
    await commit(dir, 'mine.txt', 'mine\n')
    expect(await refused(dir, ['push', 'origin', 'HEAD:refs/heads/mine'])).toContain(
      'Permission to acme/site.git denied to stranger.',
    )
    expect(await refused(dir, ['push', remote('acme/site.git'), 'HEAD:refs/heads/mine'])).toMatch(
      /could not read Username/,
    )
  })

  test('a push opens the way to a pull request, and the next one updates it', async () => {
    const dir = await clone('carol', 'acme/site.git', 'carol')
    await gitText(dir, ['checkout', '--quiet', '-b', 'feature/one'])
    const first = await commit(dir, 'new.txt', 'new\n')
    await gitText(dir, ['push', '--quiet', 'origin', 'feature/one'])
    const opened = await fixture.request('carol', 'POST /repos/acme/site/pulls', {
      title: 'One',
      head: 'feature/one',
      base: 'main',
    })
    expect(opened.status, opened.text).toBe(201)
    const { number } = opened.body as { number: number }
    await gitText(dir, ['rm', '--quiet', 'README.md'])
    const second = await commit(dir, 'src/main.ts', 'changed\n')
    await gitText(dir, ['push', '--quiet', 'origin', 'feature/one'])

    // The push has its effect before git comes back.
    expect(fixture.world.pullRequest('acme/site', number).head.sha).toBe(second)
    await fixture.world.idle()
    expect(fixture.receiver.of('create').map((r) => r.payload.ref)).toContain('feature/one')
    expect(fixture.receiver.of('pull_request', 'synchronize').at(-1)?.payload).toMatchObject({
      before: first,
      after: second,
      number,
    })
    const push = fixture.receiver.of('push').at(-1)?.payload
    expect(push).toMatchObject({
      ref: 'refs/heads/feature/one',
      before: first,
      after: second,
      created: false,
      deleted: false,
      forced: false,
      pusher: { name: 'carol' },
      sender: { login: 'carol' },
      commits: [
        { id: second, removed: ['README.md'], modified: ['src/main.ts'], added: [], author: { username: 'carol' } },
      ],
    })

    await gitText(dir, ['fetch', '--quiet', 'origin', `refs/pull/${number}/head`, `refs/pull/${number}/merge`])
    expect(await gitText(work, ['ls-remote', remote('acme/site.git'), `refs/pull/${number}/head`])).toContain(second)
    const merge = await gitText(work, ['ls-remote', remote('acme/site.git'), `refs/pull/${number}/merge`])
    const { merge_commit_sha: trial } = (await fixture.request('bob', `GET /repos/acme/site/pulls/${number}`)).body as {
      merge_commit_sha: string
    }
    expect(merge.split('\t')[0]).toBe(trial)
  })

  test('a forced push is told apart, and what it left behind can still be fetched by its SHA', async () => {
    const pr = await fixture.world.openPullRequest({
      repo: 'acme/site',
      author: 'carol',
      title: 'Force',
      branch: 'force',
    })
    const dir = await clone('force', 'acme/site.git', 'carol')
    await gitText(dir, ['checkout', '--quiet', '-b', 'force', 'origin/main'])
    const rewritten = await commit(dir, 'other.txt', 'other\n')
    await gitText(dir, ['push', '--quiet', '--force', 'origin', 'force'])
    expect(fixture.world.pullRequest('acme/site', pr.number)).toMatchObject({
      head: { sha: rewritten },
      timeline: ['head_ref_force_pushed'],
    })
    await fixture.world.idle()
    expect(fixture.receiver.of('push').at(-1)?.payload).toMatchObject({ forced: true, before: pr.head.sha })

    const fresh = join(work, 'fresh')
    await gitText(work, ['init', '--quiet', fresh])
    await gitText(fresh, ['fetch', '--quiet', '--depth=1', '--filter=blob:none', remote('acme/site.git'), pr.head.sha])
    expect(await gitText(fresh, ['cat-file', '-t', pr.head.sha])).toBe('commit')
  })

  test("nobody pushes to a pull request's own refs", async () => {
    const dir = await clone('hidden', 'acme/site.git', 'alice')
    expect(await refused(dir, ['push', 'origin', 'HEAD:refs/pull/1/head'])).toMatch(/hidden ref|rejected/)
  })

  test('pushing the commits of a pull request to its base merges it', async () => {
    const pr = await fixture.world.openPullRequest({
      repo: 'acme/site',
      author: 'carol',
      title: 'By hand',
      branch: 'by-hand',
    })
    const dir = await clone('by-hand', 'acme/site.git', 'alice')
    await gitText(dir, ['merge', '--quiet', '--no-ff', '--no-edit', 'origin/by-hand'])
    await gitText(dir, ['push', '--quiet', 'origin', 'HEAD:main'])
    expect(fixture.world.pullRequest('acme/site', pr.number)).toMatchObject({
      merged: true,
      state: 'closed',
      timeline: ['merged', 'closed'],
    })
  })

  test('deleting the branch of a pull request closes it', async () => {
    const pr = await fixture.world.openPullRequest({
      repo: 'acme/site',
      author: 'carol',
      title: 'Away',
      branch: 'away',
    })
    const dir = await clone('away', 'acme/site.git', 'carol')
    await gitText(dir, ['push', '--quiet', 'origin', ':away'])
    expect(fixture.world.pullRequest('acme/site', pr.number)).toMatchObject({
      merged: false,
      state: 'closed',
      timeline: ['head_ref_deleted', 'closed'],
    })
    await fixture.world.idle()
    expect(fixture.receiver.of('delete').map((r) => r.payload.ref)).toContain('away')
  })

  test('a stranger works by way of a fork', async () => {
    const forked = await fixture.request('stranger', 'POST /repos/acme/site/forks')
    expect(forked.body).toMatchObject({ full_name: 'stranger/site', fork: true, parent: { full_name: 'acme/site' } })
    const dir = await clone('fork', 'stranger/site.git', 'stranger')
    await gitText(dir, ['checkout', '--quiet', '-b', 'gift'])
    const sha = await commit(dir, 'gift.txt', 'gift\n')
    await gitText(dir, ['push', '--quiet', 'origin', 'gift'])
    const opened = await fixture.request('stranger', 'POST /repos/acme/site/pulls', {
      title: 'Gift',
      head: 'stranger:gift',
      base: 'main',
    })
    expect(opened.body).toMatchObject({
      head: { sha, label: 'stranger:gift', repo: { full_name: 'stranger/site' } },
      author_association: 'NONE',
    })
    const next = await commit(dir, 'gift.txt', 'more\n')
    await gitText(dir, ['push', '--quiet', 'origin', 'gift'])
    const { number } = opened.body as { number: number }
    expect(fixture.world.pullRequest('acme/site', number).head.sha).toBe(next)
    expect(await gitText(work, ['ls-remote', remote('acme/site.git'), `refs/pull/${number}/head`])).toContain(next)
  })

  test('a large push, which git sends in chunks, comes through', async () => {
    const dir = await clone('large', 'acme/site.git', 'carol')
    await gitText(dir, ['checkout', '--quiet', '-b', 'large'])
    const noise = Array.from({ length: 200_000 }, (_, n) => (n * 2654435761) % 4294967296).join('\n')
    const sha = await commit(dir, 'noise.txt', noise)
    await gitText(dir, ['push', '--quiet', 'origin', 'large'])
    expect(await fixture.world.revision('acme/site', 'large')).toBe(sha)
  })
})
