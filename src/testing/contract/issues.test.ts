// What issues and pull requests have in common, on every code host.
import { expect } from 'vitest'
import { at, bot, elsewhere } from './cast.ts'
import { onEveryHost } from './stage.ts'

const nowhere = { ...at, number: 9999 }
const missing = { kind: 'not-found' }
const bad = { kind: 'invalid' }

onEveryHost('issues', (play) => {
  play('an issue and a pull request are read alike', async ({ host, openIssue, openPull }) => {
    const issue = await openIssue('casey', 'It leaks', 'a lot')
    expect(await host.issue(issue)).toMatchObject({
      ...{ number: issue.number, title: 'It leaks', body: 'a lot', state: 'open', locked: false, isPullRequest: false },
      ...{ user: { login: 'casey', type: 'User' }, labels: [], assignees: [], node_id: expect.stringMatching(/./) },
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:]+Z$/),
    })
    expect(await host.issue(await openPull('bob', 'Mend it'))).toMatchObject({ title: 'Mend it', isPullRequest: true })
    await expect(host.issue(nowhere)).rejects.toMatchObject(missing)
  })

  play('a new issue has its labels', async ({ host }) => {
    const number = await host.createIssue(at, { title: 'From the bot', body: 'b', labels: ['x'] })
    expect(await host.issue({ ...at, number })).toMatchObject({ title: 'From the bot', body: 'b', labels: ['x'] })
    await expect(host.createIssue(at, { title: ' ', body: '' })).rejects.toMatchObject(bad)
    await expect(host.createIssue({ ...at, repo: 'none' }, { title: 'x', body: '' })).rejects.toMatchObject(missing)
  })

  play('title and body are changed apart', async ({ host, openPull }) => {
    const pull = await openPull('bob', 'Old title', { body: 'old body' })
    await host.edit(pull, { title: 'New title' })
    await host.edit(pull, { title: 'New title' })
    expect(await host.pullRequest(pull)).toMatchObject({ title: 'New title', body: 'old body' })
    await host.edit(pull, { body: 'new body' })
    expect(await host.pullRequest(pull)).toMatchObject({ title: 'New title', body: 'new body' })
    await host.edit(pull, { body: '' })
    expect((await host.pullRequest(pull)).body).toBe('')
    await expect(host.edit(pull, { title: '' })).rejects.toMatchObject(bad)
    await expect(host.edit(nowhere, { title: 'x' })).rejects.toMatchObject(missing)
  })

  play('an issue is closed for a reason and opened again', async ({ host, openIssue }) => {
    const issue = await openIssue('bob', 'Close me')
    await host.close(issue, 'not_planned')
    await host.close(issue)
    expect(await host.issue(issue)).toMatchObject({ state: 'closed', state_reason: 'not_planned' })
    expect(await host.reopen(issue)).toBeUndefined()
    expect(await host.reopen(issue)).toBeUndefined()
    const now = await host.issue(issue)
    expect([now.state, now.state_reason]).toEqual(['open', undefined])
    await host.close(issue)
    expect((await host.issue(issue)).state_reason).toBe('completed')
    await expect(host.close(nowhere)).rejects.toMatchObject(missing)
    await expect(host.reopen(nowhere)).rejects.toMatchObject(missing)
  })

  play('a pull request is closed and opened again, but not once it is merged', async ({ host, openPull, merge }) => {
    const pull = await openPull('bob', 'Close and open')
    await host.close(pull)
    expect(await host.pullRequest(pull)).toMatchObject({ state: 'closed', merged: false })
    expect(await host.reopen(pull)).toBeUndefined()
    expect((await host.pullRequest(pull)).state).toBe('open')
    await merge(pull)
    expect(await host.reopen(pull)).toMatch(/^state cannot be changed\./)
  })

  play('a lock is put on and taken off', async ({ host, openIssue }) => {
    const issue = await openIssue('bob', 'Quiet')
    for (const locked of [true, true, false, false]) {
      await host.lock(issue, locked)
      expect((await host.issue(issue)).locked).toBe(locked)
    }
    await expect(host.lock(nowhere, true)).rejects.toMatchObject(missing)
  })

  play('labels do not mind their case, nor being there already', async ({ host, openIssue }) => {
    const issue = await openIssue('bob', 'Label me')
    await host.addLabel(issue, 'KIND/bug')
    await host.addLabel(issue, 'kind/bug')
    await host.addLabel(issue, '¯\\_(ツ)_/¯')
    expect(await host.labels(issue)).toEqual(['kind/bug', '¯\\_(ツ)_/¯'])
    await host.removeLabel(issue, 'Kind/Bug')
    await host.removeLabel(issue, 'kind/bug')
    await host.removeLabel(issue, '¯\\_(ツ)_/¯')
    expect(await host.labels(issue)).toEqual([])
    await expect(host.labels(nowhere)).rejects.toMatchObject(missing)
    await expect(host.addLabel(nowhere, 'x')).rejects.toMatchObject(missing)
    await expect(host.removeLabel(nowhere, 'x')).rejects.toMatchObject(missing)
  })

  play('the history tells who set a label', async ({ host, openIssue, label }) => {
    const issue = await openIssue('bob', 'Who was it')
    await label(issue, 'alice', 'approved')
    await host.addLabel(issue, 'lgtm')
    await host.removeLabel(issue, 'lgtm')
    const events = (await host.issueEvents(issue)).map(({ event, actor, label: name }) => [event, actor, name])
    expect(events).toEqual([
      ['labeled', 'alice', 'approved'],
      ['labeled', bot, 'lgtm'],
      ['unlabeled', bot, 'lgtm'],
    ])
    await expect(host.issueEvents(nowhere)).rejects.toMatchObject(missing)
  })

  play('a milestone is set, replaced by itself, and taken away', async ({ host, openIssue, openPull }) => {
    for (const one of [await openIssue('bob', 'When'), await openPull('bob', 'Then')]) {
      await host.setMilestone(one, 1)
      await host.setMilestone(one, 1)
      expect((await host.issue(one)).milestone).toEqual({ number: 1, title: 'v1', state: 'open' })
      await host.setMilestone(one, undefined)
      await host.setMilestone(one, undefined)
      expect((await host.issue(one)).milestone).toBeUndefined()
      await expect(host.setMilestone(one, 77)).rejects.toMatchObject(bad)
    }
    await expect(host.setMilestone(nowhere, 1)).rejects.toMatchObject(missing)
  })

  play('who cannot be assigned is told apart', async ({ host, openIssue, say }) => {
    const issue = await openIssue('alice', 'Whose')
    expect(await host.assign(issue, ['bob', 'casey', 'nobody-of-that-name'])).toEqual(['casey', 'nobody-of-that-name'])
    expect(await host.assign(issue, ['BOB'])).toEqual([])
    expect(await host.assign(issue, [])).toEqual([])
    await say(issue, 'casey', 'I can')
    expect(await host.assign(issue, ['casey'])).toEqual([])
    expect((await host.issue(issue)).assignees.map(({ login }) => login)).toEqual(['bob', 'casey'])
    await host.unassign(issue, ['BOB', 'alice'])
    await host.unassign(issue, ['bob'])
    expect((await host.issue(issue)).assignees.map(({ login }) => login)).toEqual(['casey'])
    await expect(host.assign(nowhere, ['bob'])).rejects.toMatchObject(missing)
    await expect(host.unassign(nowhere, ['bob'])).rejects.toMatchObject(missing)
  })

  play('comments are posted, edited, deleted', async ({ host, openIssue, say }) => {
    const issue = await openIssue('bob', 'Talk')
    const theirs = await say(issue, 'casey', 'hello')
    const mine = await host.comment(issue, 'hi')
    expect(mine).toMatchObject({ body: 'hi', user: { login: bot } })
    await host.editComment(at, mine.id, 'hi there')
    expect((await host.comments(issue)).map(({ id, body }) => [id, body])).toEqual([
      [theirs, 'hello'],
      [mine.id, 'hi there'],
    ])
    await host.deleteComment(at, theirs)
    await host.deleteComment(at, theirs)
    expect((await host.comments(issue)).map(({ id }) => id)).toEqual([mine.id])
    await expect(host.editComment(at, theirs, 'x')).rejects.toMatchObject(missing)
    await expect(host.comment(issue, ' ')).rejects.toMatchObject(bad)
    await expect(host.comment(nowhere, 'x')).rejects.toMatchObject(missing)
    await expect(host.comments(nowhere)).rejects.toMatchObject(missing)
  })

  play('reactions', async ({ host, openIssue, say }) => {
    const issue = await openIssue('bob', 'Nice')
    const comment = await say(issue, 'bob', 'is it not')
    await host.react(issue, 'heart')
    await host.react(issue, 'heart')
    await host.reactToComment(at, comment, '+1')
    await expect(host.react(nowhere, 'heart')).rejects.toMatchObject(missing)
    await expect(host.reactToComment(at, 99_999_999, '+1')).rejects.toMatchObject(missing)
  })

  play('search finds by words, authors, labels and head commits', async ({ host, openIssue, openPull }) => {
    const scope = `repo:${at.org}/${at.repo}`
    const issue = await openIssue('casey', 'Zebra crossing')
    const first = await openPull('casey', 'Zebra one')
    const second = await openPull('bob', 'Zebra two')
    await host.addLabel(second, 'kind/zebra')
    const found = async (query: string, most?: number) =>
      (await host.searchIssues(at.org, `${scope} ${query}`, most)).map(({ number }) => number)
    expect(await found('zebra')).toEqual([second.number, first.number, issue.number])
    expect(await found('zebra', 2)).toEqual([second.number, first.number])
    expect(await found('zebra is:issue')).toEqual([issue.number])
    expect(await found('zebra type:pr author:casey')).toEqual([first.number])
    expect(await found('label:kind/zebra')).toEqual([second.number])
    expect(await found('zebra -label:kind/zebra is:pr')).toEqual([first.number])
    const { sha } = (await host.pullRequest(first)).head
    const [hit] = await host.searchIssues(at.org, `${sha} ${scope} type:pr state:open`)
    expect(hit).toMatchObject({ number: first.number, repo: at, title: 'Zebra one', isPullRequest: true })
    expect(await host.searchIssues(at.org, 'zebra repo:harbor/none')).toEqual([])
    await expect(host.searchIssues(at.org, 'nonsense:1')).rejects.toMatchObject(bad)
  })

  play('three issues can be pinned', async ({ host, openIssue, openPull }) => {
    const four = await Promise.all(['1', '2', '3', '4'].map((title) => openIssue('bob', title)))
    const [one = nowhere, two = nowhere, three = nowhere, last = nowhere] = four
    for (const issue of [one, one, two, three]) await host.pinIssue(issue, true)
    await expect(host.pinIssue(last, true)).rejects.toMatchObject(bad)
    for (const issue of [two, two]) await host.pinIssue(issue, false)
    await host.pinIssue(last, true)
    await expect(host.pinIssue(nowhere, true)).rejects.toMatchObject(missing)
    await expect(host.pinIssue(await openPull('bob', 'not to be pinned'), true)).rejects.toMatchObject(missing)
  })

  play('an issue moves to another repository with what was said', async ({ host, openIssue, say }) => {
    const issue = await openIssue('casey', 'Wrong place')
    await say(issue, 'bob', 'over there, please')
    const there = await host.transferIssue(issue, elsewhere)
    expect(there).toMatchObject(elsewhere)
    expect(await host.issue(there)).toMatchObject({ title: 'Wrong place', user: { login: 'casey' } })
    expect((await host.comments(there)).map(({ body }) => body)).toEqual(['over there, please'])
    await expect(host.transferIssue(nowhere, elsewhere)).rejects.toMatchObject(missing)
    const stays = await openIssue('casey', 'Stays')
    await expect(host.transferIssue(stays, { ...at, repo: 'none' })).rejects.toMatchObject(missing)
  })

  play('a transfer that is repeated finds the issue where it is', async ({ host, openIssue }) => {
    const issue = await openIssue('casey', 'Twice')
    const there = await host.transferIssue(issue, elsewhere)
    expect(await host.transferIssue(issue, elsewhere)).toEqual(there)
  })
})
