// Pull requests, their commits, reviews and reviewers, on every code host.
import { expect } from 'vitest'
import { at, bot, team } from './cast.ts'
import { onEveryHost } from './stage.ts'

const nowhere = { ...at, number: 9999 }
const missing = { kind: 'not-found' }
const bad = { kind: 'invalid' }

onEveryHost('pull requests', (play) => {
  play('one is read whole', async ({ host, openPull, openIssue }) => {
    const ref = await openPull('casey', 'Light it', { body: 'please', base: 'release-1' })
    const pull = await host.pullRequest(ref)
    expect(pull).toMatchObject({
      ...{ number: ref.number, title: 'Light it', body: 'please', state: 'open', draft: false, merged: false },
      ...{ mergeable: true, user: { login: 'casey' }, labels: [], requested_reviewers: [], requested_teams: [] },
      base: { ref: 'release-1', sha: expect.stringMatching(/^[0-9a-f]{40}$/), repo: at },
      head: { sha: expect.stringMatching(/^[0-9a-f]{40}$/), repo: { org: 'casey', repo: at.repo } },
      commits: 1,
    })
    expect(pull.merge_commit_sha).toBeUndefined()
    await expect(host.pullRequest(nowhere)).rejects.toMatchObject(missing)
    await expect(host.pullRequest(await openIssue('bob', 'no pull'))).rejects.toMatchObject(missing)
  })

  play('a merged one names its commit', async ({ host, openPull, merge }) => {
    const ref = await openPull('bob', 'Merge me', { base: 'release-1' })
    const merged = await host.countMerged(at.org, 'bob')
    await merge(ref)
    expect(await host.pullRequest(ref)).toMatchObject({
      ...{ merged: true, state: 'closed', merge_commit_sha: expect.stringMatching(/^[0-9a-f]{40}$/) },
    })
    expect(await host.countMerged(at.org, 'bob')).toBe(merged + 1)
    const [last] = await host.pullRequests(at, { state: 'closed' })
    expect(last).toMatchObject({ number: ref.number, merged: true })
  })

  play('they are listed by state, head and base', async ({ host, openPull }) => {
    const one = await openPull('bob', 'List one', { base: 'release-1' })
    const two = await openPull('casey', 'List two')
    await host.close(two)
    const numbers = async (which: Parameters<typeof host.pullRequests>[1]) =>
      (await host.pullRequests(at, which)).map(({ number }) => number)
    expect(await numbers({})).toContain(one.number)
    expect(await numbers({})).not.toContain(two.number)
    expect((await numbers({ state: 'all' })).slice(0, 2)).toEqual([two.number, one.number])
    const { head } = await host.pullRequest(two)
    expect(await numbers({ state: 'all', head: `casey:${head.ref}` })).toEqual([two.number])
    expect(await numbers({ state: 'all', head: `bob:${head.ref}` })).toEqual([])
    expect(await numbers({ base: 'release-1' })).toContain(one.number)
    expect(await numbers({ base: 'main' })).not.toContain(one.number)
    await expect(host.pullRequests({ ...at, repo: 'none' })).rejects.toMatchObject(missing)
  })

  play('one is made from a branch, once', async ({ host, openPull }) => {
    const { head } = await host.pullRequest(await openPull('bob', 'Pick me'))
    await host.createRef(at, 'heads/cherry-pick', head.sha)
    const wish = { title: '[release-1] Pick me', body: 'automated', head: 'cherry-pick', base: 'release-1' }
    const number = await host.createPullRequest(at, { ...wish, maintainer_can_modify: true })
    expect(await host.pullRequest({ ...at, number })).toMatchObject({
      ...{ title: wish.title, body: 'automated', user: { login: bot } },
      ...{ base: { ref: 'release-1' }, head: { ref: 'cherry-pick', sha: head.sha } },
    })
    await expect(host.createPullRequest(at, wish)).rejects.toMatchObject({
      ...bad,
      message: expect.stringContaining('already exists'),
    })
    await expect(host.createPullRequest(at, { ...wish, head: 'none' })).rejects.toMatchObject(bad)
    await expect(host.createPullRequest(at, { ...wish, base: 'none' })).rejects.toMatchObject(bad)
    await host.createRef(at, 'heads/same', await host.branchSha(at, 'release-1'))
    await expect(host.createPullRequest(at, { ...wish, head: 'same' })).rejects.toMatchObject(bad)
    await expect(host.createPullRequest({ ...at, repo: 'none' }, wish)).rejects.toMatchObject(missing)
  })

  play('its branch is brought up to date if it is where it was seen', async ({ host, openPull }) => {
    const ref = await openPull('bob', 'Update me')
    const { head } = await host.pullRequest(ref)
    await host.updateBranch(ref, head.sha)
    await expect(host.updateBranch(ref, 'f'.repeat(40))).rejects.toMatchObject(bad)
    await expect(host.updateBranch(nowhere, head.sha)).rejects.toMatchObject(missing)
  })

  play('its files and commits tell what changes', async ({ host, openPull }) => {
    const ref = await openPull('casey', 'One lamp')
    const { head } = await host.pullRequest(ref)
    expect(await host.changedFiles(ref)).toEqual([
      {
        ...{ filename: 'lamp.txt', status: 'added', additions: 1, deletions: 0 },
        ...{ patch: expect.stringMatching(/^@@ .* @@\n\+One lamp/), blob_url: expect.stringContaining('/lamp.txt') },
      },
    ])
    const commits = await host.pullRequestCommits(ref)
    expect(commits).toMatchObject([
      {
        ...{ sha: head.sha, message: 'One lamp', author: { login: 'casey' }, committer: { login: 'casey' } },
        ...{ parents: [expect.stringMatching(/^[0-9a-f]{40}$/)], verification: { verified: false } },
      },
    ])
    expect(await host.commit(at, head.sha)).toEqual(commits[0])
    expect(await host.treeSha(at, head.sha)).toBe(commits[0]?.tree)
    expect(await host.mergeBase(at, 'main', head.sha)).toBe(commits[0]?.parents[0])
    const patch = await host.pullRequestPatch(ref)
    expect(patch).toMatch(/^From [0-9a-f]{40}/)
    expect(patch).toContain('Subject: [PATCH] One lamp')
    await expect(host.changedFiles(nowhere)).rejects.toMatchObject(missing)
    await expect(host.pullRequestCommits(nowhere)).rejects.toMatchObject(missing)
    await expect(host.pullRequestPatch(nowhere)).rejects.toMatchObject(missing)
    await expect(host.commit(at, 'f'.repeat(40))).rejects.toMatchObject(missing)
    await expect(host.mergeBase(at, 'main', 'none')).rejects.toMatchObject(missing)
  })

  play('reviews are read in small letters, and dismissed', async ({ host, openPull, review }) => {
    const ref = await openPull('casey', 'Review me')
    const { head } = await host.pullRequest(ref)
    await review(ref, 'bob', 'changes_requested', 'no')
    await review(ref, 'alice', 'approved', 'yes')
    const [first] = await host.reviews(ref)
    expect(
      (await host.reviews(ref)).map(({ user, state, body, commit_id }) => [user.login, state, body, commit_id]),
    ).toEqual([
      ['bob', 'changes_requested', 'no', head.sha],
      ['alice', 'approved', 'yes', head.sha],
    ])
    await host.dismissReview(ref, first?.id ?? 0, 'done')
    expect((await host.reviews(ref)).map(({ state }) => state)).toEqual(['dismissed', 'approved'])
    await expect(host.dismissReview(ref, first?.id ?? 0, 'again')).rejects.toMatchObject(bad)
    await expect(host.dismissReview(ref, 99_999_999, 'x')).rejects.toMatchObject(missing)
    await expect(host.reviews(nowhere)).rejects.toMatchObject(missing)
  })

  play('the bot reviews, with comments on lines', async ({ host, openPull }) => {
    const ref = await openPull('casey', 'Lint me')
    const comments = [{ path: 'lamp.txt', position: 1, body: 'too bright' }]
    const review = await host.createReview(ref, { event: 'COMMENT', body: '1 warning.', comments })
    expect(review).toMatchObject({ state: 'commented', body: '1 warning.', user: { login: bot } })
    const [comment] = await host.reviewComments(ref)
    expect(comment).toMatchObject({ path: 'lamp.txt', position: 1, body: 'too bright', user: { login: bot } })
    await host.editReviewComment(at, comment?.id ?? 0, 'a bit bright')
    expect((await host.reviewComments(ref)).map(({ body }) => body)).toEqual(['a bit bright'])
    const approval = await host.createReview(ref, { event: 'APPROVE', body: '' })
    expect(approval.state).toBe('approved')
    await expect(host.createReview(ref, { event: 'COMMENT', body: '' })).rejects.toMatchObject(bad)
    const lost = [{ path: 'none.txt', position: 1, body: 'x' }]
    await expect(host.createReview(ref, { event: 'COMMENT', body: '', comments: lost })).rejects.toMatchObject(bad)
    await expect(host.createReview(nowhere, { event: 'COMMENT', body: 'x' })).rejects.toMatchObject(missing)
    await expect(host.editReviewComment(at, 99_999_999, 'x')).rejects.toMatchObject(missing)
    await expect(host.reviewComments(nowhere)).rejects.toMatchObject(missing)
  })

  play('who cannot review is told apart, the others are asked', async ({ host, openPull }) => {
    const ref = await openPull('casey', 'Who reviews')
    const crew = `${at.org}/${team.slug}`
    const asked = async () => {
      const { requested_reviewers, requested_teams } = await host.pullRequest(ref)
      return [...requested_reviewers.map(({ login }) => login), ...requested_teams]
    }
    expect(await host.requestReview(ref, [])).toEqual([])
    expect(await host.requestReview(ref, ['bob'])).toEqual([])
    expect(await host.requestReview(ref, ['BOB', 'alice', 'casey', 'nobody-of-that-name'])).toEqual([
      'casey',
      'nobody-of-that-name',
    ])
    expect(await asked()).toEqual(['bob', 'alice'])
    expect(await host.requestReview(ref, [crew, `other/${team.slug}`, `${at.org}/none`])).toEqual([
      `other/${team.slug}`,
      `${at.org}/none`,
    ])
    expect(await asked()).toEqual(['bob', 'alice', team.slug])
    await host.unrequestReview(ref, ['Bob', crew, 'casey', 'other/team'])
    await host.unrequestReview(ref, ['bob', 'nobody-of-that-name'])
    expect(await asked()).toEqual(['alice'])
    await expect(host.requestReview(nowhere, ['bob'])).rejects.toMatchObject(missing)
  })

  play('a search over many tells which can be merged', async ({ host, openPull, openIssue }) => {
    await openIssue('casey', 'Quokka issue')
    const open = await openPull('casey', 'Quokka one')
    await host.close(await openPull('casey', 'Quokka closed'))
    await host.addLabel(open, 'needs-rebase')
    expect(
      await host.searchPullRequests(at.org, `archived:false is:pr is:open repo:${at.org}/${at.repo} quokka`),
    ).toEqual([
      {
        ...{ ...at, number: open.number, labels: ['needs-rebase'], mergeable: true },
        user: { login: 'casey', type: 'User', html_url: expect.stringMatching(/\/casey$/) },
      },
    ])
  })
})
