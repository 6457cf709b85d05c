// The life of a pull request: opened, reviewed, merged in each way, refused in GitHub's words.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Fixture, type Payload, startFixture } from './fixture.ts'

const repo = 'acme/site'
const R = '/repos/acme/site'

describe('pull requests', () => {
  let fixture: Fixture
  beforeAll(async () => {
    fixture = await startFixture()
  })
  afterAll(() => fixture.close())

  const open = (
    title: string,
    files?: Record<string, string | null>,
    more: { author?: string; draft?: boolean; branch?: string } = {},
  ) => fixture.world.openPullRequest({ repo, author: 'carol', title, ...(files ? { files } : {}), ...more })

  test('whoever may push has the branch in the repository, whoever may not in a fork', async () => {
    expect((await open('Inside')).head.repo).toBe('acme/site')
    expect((await open('Outside', undefined, { author: 'stranger' })).head.repo).toBe('stranger/site')
    expect((await open('Member without push', undefined, { author: 'bob' })).head.repo).toBe('bob/site')
  })

  test('changed files tell additions, deletions, renames and removals', async () => {
    const pr = await open('Files', {
      'README.md': null,
      'docs/README.md': '# site\n',
      'src/main.ts': 'one\n2\nthree\nfour\n',
      'ümläut.txt': 'ö\n',
    })
    const { body } = await fixture.request('bob', `GET ${R}/pulls/${pr.number}/files`)
    expect(body).toMatchObject([
      { filename: 'docs/README.md', previous_filename: 'README.md', status: 'renamed', additions: 0, deletions: 0 },
      {
        filename: 'src/main.ts',
        status: 'modified',
        additions: 2,
        deletions: 1,
        changes: 3,
        patch: '@@ -1,3 +1,4 @@\n one\n-two\n+2\n three\n+four',
      },
      { filename: 'ümläut.txt', status: 'added', patch: '@@ -0,0 +1 @@\n+ö' },
    ])
    expect((await fixture.request('bob', `GET ${R}/pulls/${pr.number}`)).body).toMatchObject({
      commits: 1,
      additions: 3,
      deletions: 1,
      changed_files: 3,
    })
    const { text } = await fixture.request('bob', `GET ${R}/pulls/${pr.number}`, undefined, {
      accept: 'application/vnd.github.diff',
    })
    expect(text).toContain('rename from README.md')
    const patch = await fixture.request('bob', `GET ${R}/pulls/${pr.number}`, undefined, {
      accept: 'application/vnd.github.v3.patch',
    })
    expect(patch.text).toMatch(/^From [0-9a-f]{40} /)
  })

  test('mergeable follows the base branch', async () => {
    const pr = await open('Conflict', { 'src/main.ts': 'mine\n' })
    const mergeable = async () =>
      ((await fixture.request('bob', `GET ${R}/pulls/${pr.number}`)).body as Payload).mergeable
    expect(await mergeable()).toBe(true)
    await fixture.world.push({ repo, author: 'alice', files: { 'src/main.ts': 'theirs\n' } })
    expect(fixture.world.pullRequest(repo, pr.number).mergeable).toBe('unknown')
    expect(await mergeable()).toBe(false)
    const refused = await fixture.request('carol', `PUT ${R}/pulls/${pr.number}/merge`)
    expect(refused).toMatchObject({ status: 405, body: { message: 'Pull Request is not mergeable' } })
    await fixture.world.push({ repo, author: 'alice', files: { 'src/main.ts': 'one\ntwo\nthree\n' } })
    expect(await mergeable()).toBe(true)
  })

  test.each([
    ['merge', 2, /^Merge pull request #\d+ from acme\/by-merge\n\nBy merge$/],
    ['squash', 1, /^By squash \(#\d+\)\n\n\* By squash\n\n\* Change two\.txt$/],
    ['rebase', 1, /^Change two\.txt$/],
  ] as const)('%s makes real commits, a push and a closed pull request', async (method, parents, message) => {
    const pr = await open(`By ${method}`, { [`${method}.txt`]: 'x\n' }, { branch: `by-${method}` })
    await fixture.world.push({
      repo,
      author: 'carol',
      number: pr.number,
      files: { [`${method}/two.txt`]: 'y\n' },
      message: 'Change two.txt',
    })
    await fixture.world.push({ repo, author: 'alice', files: { [`before-${method}.txt`]: 'z\n' } }) // so that nothing is a fast-forward
    const { status, body, text } = await fixture.request('carol', `PUT ${R}/pulls/${pr.number}/merge`, {
      merge_method: method,
    })
    expect(status, text).toBe(200)
    const { sha } = body as { sha: string }
    expect(await fixture.world.revision(repo, 'main')).toBe(sha)
    expect(await fixture.world.file(repo, `${method}/two.txt`)).toBe('y\n')
    const commit = (await fixture.request('bob', `GET ${R}/commits/${sha}`)).body as {
      commit: { message: string }
      parents: unknown[]
    }
    expect(commit.commit.message).toMatch(message)
    expect(commit.parents).toHaveLength(parents)
    expect(fixture.world.pullRequest(repo, pr.number)).toMatchObject({
      merged: true,
      state: 'closed',
      timeline: ['merged', 'closed'],
    })
    await fixture.world.idle()
    expect(fixture.receiver.of('pull_request', 'closed').at(-1)?.payload).toMatchObject({
      number: pr.number,
      pull_request: { merged: true, merge_commit_sha: sha, merged_by: { login: 'carol' } },
    })
    expect(fixture.receiver.of('push').at(-1)?.payload).toMatchObject({ ref: 'refs/heads/main', after: sha })
    expect((await fixture.request('carol', `PUT ${R}/pulls/${pr.number}/merge`)).status).toBe(405)
  })

  test('title and message of the merge can be given', async () => {
    const pr = await open('Worded')
    const fields = { commit_title: 'A title', commit_message: 'And why.', merge_method: 'squash', sha: pr.head.sha }
    const { body } = await fixture.request('carol', `PUT ${R}/pulls/${pr.number}/merge`, fields)
    const commit = await fixture.request('bob', `GET ${R}/git/commits/${(body as Payload).sha}`)
    expect(commit.body).toMatchObject({ message: 'A title\n\nAnd why.', committer: { name: 'GitHub' } })
  })

  test('merging is refused in the words that Prow tells apart', async () => {
    const pr = await open('Refused')
    const merge = (fields: object = {}, by = 'carol') =>
      fixture.request(by, `PUT ${R}/pulls/${pr.number}/merge`, fields)
    expect(await merge({ sha: '1'.repeat(40) })).toMatchObject({
      status: 409,
      body: { message: 'Head branch was modified. Review and try the merge again.' },
    })
    await fixture.request('alice', `PATCH ${R}`, {
      allow_merge_commit: false,
      allow_squash_merge: false,
      allow_rebase_merge: false,
    })
    expect(await merge()).toMatchObject({
      status: 405,
      body: { message: 'Merge commits are not allowed on this repository.' },
    })
    expect(await merge({ merge_method: 'squash' })).toMatchObject({
      status: 405,
      body: { message: 'Squash merges are not allowed on this repository.' },
    })
    expect(await merge({ merge_method: 'rebase' })).toMatchObject({
      status: 405,
      body: { message: 'Rebase merges are not allowed on this repository.' },
    })
    await fixture.request('alice', `PATCH ${R}`, {
      allow_merge_commit: true,
      allow_squash_merge: true,
      allow_rebase_merge: true,
    })
    const protect = (fields: object) =>
      fixture.request('alice', `PUT ${R}/branches/main/protection`, {
        required_status_checks: null,
        enforce_admins: false,
        required_pull_request_reviews: null,
        restrictions: null,
        ...fields,
      })
    await protect({ restrictions: { users: ['alice'], teams: [] } })
    const unauthorised = await merge()
    expect(unauthorised.status).toBe(405)
    expect((unauthorised.body as Payload).message).toContain("You're not authorized to push to this branch")
    await protect({ required_status_checks: { strict: false, contexts: ['build'] } })
    expect(await merge()).toMatchObject({
      status: 405,
      body: { message: 'Required status check "build" is expected.' },
    })
    await fixture.world.setStatus({ repo, sha: pr.head.sha, by: 'ci-bot', state: 'success', context: 'build' })
    await protect({
      required_status_checks: { strict: false, contexts: ['build'] },
      required_pull_request_reviews: { required_approving_review_count: 1 },
    })
    expect(await merge()).toMatchObject({ status: 405, body: { message: /At least 1 approving review is required/ } })
    expect((await fixture.world.freshPullRequest(repo, pr.number)).mergeable).toBe('blocked')
    await fixture.world.review({ repo, number: pr.number, author: 'alice', event: 'APPROVE' })
    expect((await merge()).status).toBe(200)
    await fixture.request('alice', `DELETE ${R}/branches/main/protection`)
  })

  test('a draft is not merged before it is ready', async () => {
    const pr = await open('Draft', undefined, { draft: true })
    expect(await fixture.request('carol', `PUT ${R}/pulls/${pr.number}/merge`)).toMatchObject({
      status: 405,
      body: { message: 'Pull Request is still a draft' },
    })
    fixture.world.setDraft({ repo, number: pr.number, by: 'carol', draft: false })
    fixture.world.setDraft({ repo, number: pr.number, by: 'carol', draft: true })
    await fixture.world.idle()
    const actions = fixture.receiver
      .of('pull_request')
      .filter((r) => r.payload.number === pr.number)
      .map((r) => r.payload.action)
    expect(actions).toEqual(['opened', 'ready_for_review', 'converted_to_draft'])
  })

  test('reopening asks for the branch as it was', async () => {
    const pr = await open('Reopen', undefined, { branch: 'reopen' })
    const on = { repo, number: pr.number, by: 'carol' }
    await fixture.world.close(on)
    expect((await fixture.world.reopen(on)).state).toBe('open')
    await fixture.world.close(on)
    const reopen = () => fixture.request('carol', `PATCH ${R}/issues/${pr.number}`, { state: 'open' })
    const why = async () => ((await reopen()).body as { errors: { message: string }[] }).errors[0]?.message

    const twin = await open('Twin', {}, { branch: 'reopen' })
    expect(await why()).toBe(
      'state cannot be changed. There is already an open pull request from acme:reopen to acme:main.',
    )
    await fixture.world.close({ ...on, number: twin.number })
    await fixture.world.push({
      repo,
      author: 'carol',
      branch: 'reopen',
      files: { 'rewritten.txt': 'x\n' },
      force: true,
    })
    expect(await why()).toBe('state cannot be changed. The reopen branch was force-pushed or recreated.')
    await fixture.request('carol', `DELETE ${R}/git/refs/heads/reopen`)
    expect(await why()).toBe('state cannot be changed. The reopen branch has been deleted.')
    expect((await reopen()).status).toBe(422)
  })

  test('opening is refused where GitHub refuses it', async () => {
    const pr = await open('First', undefined, { branch: 'first' })
    const post = (fields: object, by = 'carol') =>
      fixture.request(by, `POST ${R}/pulls`, { title: 'x', base: 'main', ...fields })
    expect(await post({ head: pr.head.ref })).toMatchObject({
      status: 422,
      body: { errors: [{ message: 'A pull request already exists for acme:first.' }] },
    })
    expect(await post({ head: 'nosuch' })).toMatchObject({
      status: 422,
      body: { errors: [{ field: 'head', code: 'invalid' }] },
    })
    expect(await post({ head: 'first', base: 'nosuch' })).toMatchObject({
      status: 422,
      body: { errors: [{ field: 'base', code: 'invalid' }] },
    })
    expect(await post({ head: 'main' })).toMatchObject({
      status: 422,
      body: { errors: [{ message: 'No commits between main and main' }] },
    })
    expect((await post({ head: 'first' }, 'stranger')).status).toBe(422)
  })

  test('another base is another comparison', async () => {
    await fixture.world.push({ repo, author: 'alice', branch: 'release', files: { 'release.txt': '1\n' } })
    const pr = await open('Rebase me')
    const edited = await fixture.request('carol', `PATCH ${R}/pulls/${pr.number}`, { base: 'release' })
    expect(edited.body).toMatchObject({ base: { ref: 'release' } })
    await fixture.world.idle()
    expect(fixture.receiver.of('pull_request', 'edited').at(-1)?.payload).toMatchObject({
      changes: { base: { ref: { from: 'main' } } },
    })
  })

  test('reviews count, and leave the list of those who were asked', async () => {
    const pr = await open('Review')
    const on = { repo, number: pr.number }
    fixture.world.requestReview({ ...on, by: 'carol', reviewers: ['bob'] })
    expect(fixture.world.pullRequest(repo, pr.number).reviewers).toEqual(['bob'])
    await fixture.world.review({ ...on, author: 'bob', event: 'APPROVE', body: '/lgtm' })
    expect(fixture.world.pullRequest(repo, pr.number)).toMatchObject({
      reviewers: [],
      reviews: [{ state: 'APPROVED' }],
    })
    await fixture.world.idle()
    expect(fixture.receiver.of('pull_request_review', 'submitted').at(-1)?.payload).toMatchObject({
      review: { state: 'approved', body: '/lgtm' },
    })
    await expect(fixture.world.review({ ...on, author: 'carol', event: 'APPROVE' })).rejects.toMatchObject({
      status: 422,
    })
    await expect(fixture.world.review({ ...on, author: 'bob', event: 'REQUEST_CHANGES' })).rejects.toMatchObject({
      status: 422,
    })
    expect(() => fixture.world.requestReview({ ...on, by: 'carol', reviewers: ['stranger'] })).toThrow(/collaborator/)
  })

  test('deleting the base branch closes, and the branch of a merged one can go by itself', async () => {
    await fixture.world.push({ repo, author: 'alice', branch: 'old', files: { 'old.txt': '1\n' } })
    const pr = await fixture.world.openPullRequest({ repo, author: 'carol', title: 'To old', base: 'old' })
    await fixture.request('alice', `DELETE ${R}/git/refs/heads/old`)
    expect(fixture.world.pullRequest(repo, pr.number).state).toBe('closed')

    await fixture.request('alice', `PATCH ${R}`, { delete_branch_on_merge: true })
    const tidy = await open('Tidy', undefined, { branch: 'tidy' })
    await fixture.world.merge({ repo, number: tidy.number, by: 'carol' })
    expect(await fixture.world.revision(repo, 'tidy')).toBeUndefined()
    expect(fixture.world.pullRequest(repo, tidy.number).merged).toBe(true)
    await fixture.request('alice', `PATCH ${R}`, { delete_branch_on_merge: false })
  })

  test('acts on one repository at the same time do not lose each other', async () => {
    const prs = await Promise.all(
      Array.from({ length: 6 }, (_, n) =>
        open(`Parallel ${n}`, { [`parallel/${n}.txt`]: `${n}\n` }, { branch: `parallel-${n}` }),
      ),
    )
    expect(new Set(prs.map((pr) => pr.number)).size).toBe(6)
    await Promise.all(prs.map((pr) => fixture.world.merge({ repo, number: pr.number, by: 'carol', method: 'squash' })))
    for (let n = 0; n < 6; n += 1) expect(await fixture.world.file(repo, `parallel/${n}.txt`)).toBe(`${n}\n`)
  })
})
