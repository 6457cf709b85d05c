// Webhooks: who gets which, how they are signed, what failures leave behind, and sending again.
import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Clock } from '../../system/clock.ts'
import { systemClock } from '../../system/clock.ts'
import { type Fixture, type Payload, type Received, startFixture, startReceiver } from '../fixture.ts'

const repo = 'acme/site'

describe('webhooks', () => {
  let fixture: Fixture
  beforeAll(async () => {
    fixture = await startFixture()
  })
  afterAll(() => fixture.close())

  test('a delivery is signed both ways and says what it is', async () => {
    fixture.world.openIssue({ repo, author: 'bob', title: 'Ünïcode ✓' })
    await fixture.world.idle()
    const [{ headers, text, payload } = {} as Received] = fixture.receiver.of('issues', 'opened')
    const signature = (algorithm: string) => `${algorithm}=${createHmac(algorithm, 'hush').update(text).digest('hex')}`
    expect(headers).toMatchObject({
      'x-hub-signature-256': signature('sha256'),
      'x-hub-signature': signature('sha1'),
      'content-type': 'application/json',
      'x-github-event': 'issues',
      'x-github-delivery': expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/),
      'x-github-hook-id': expect.stringMatching(/^\d+$/),
      'x-github-hook-installation-target-type': 'organization',
      'user-agent': expect.stringMatching(/^GitHub-Hookshot\//),
    })
    expect(payload).toMatchObject({
      action: 'opened',
      sender: { login: 'bob' },
      repository: { full_name: repo },
      organization: { login: 'acme' },
    })
  })

  test('a new hook is pinged, hears what it asked for, and nothing once it is switched off or gone', async () => {
    const receiver = await startReceiver()
    const made = await fixture.request('alice', `POST /repos/${repo}/hooks`, {
      config: { url: receiver.url, content_type: 'json', secret: 's' },
      events: ['issues', 'label'],
    })
    const { id } = made.body as { id: number }
    const hook = `/repos/${repo}/hooks/${id}`
    const issue = (title: string) => fixture.world.openIssue({ repo, author: 'bob', title })
    fixture.world.comment({ repo, number: issue('One'), author: 'bob', body: 'not asked for' })
    await fixture.world.idle()
    expect(receiver.names()).toEqual(['ping', 'issues.opened'])
    expect(receiver.received[0]?.payload).toMatchObject({
      hook_id: id,
      hook: { type: 'Repository', events: ['issues', 'label'] },
      repository: { full_name: repo },
    })
    await fixture.request('alice', `PATCH ${hook}`, { active: false })
    issue('Two')
    await fixture.world.idle()
    await fixture.request('alice', `PATCH ${hook}`, { active: true, remove_events: ['issues'] })
    issue('Three')
    await fixture.request('alice', `DELETE ${hook}`)
    await fixture.world.idle()
    expect(receiver.names()).toEqual(['ping', 'issues.opened'])
    await receiver.close()
  })

  test('each label, title and state tells what changed', async () => {
    const pr = await fixture.world.openPullRequest({ repo, author: 'carol', title: 'Change me' })
    const on = { repo, number: pr.number, by: 'carol' }
    await fixture.world.idle()
    fixture.receiver.received.length = 0
    fixture.world.addLabel({ ...on, label: 'kind/bug' })
    fixture.world.addLabel({ ...on, label: 'KIND/bug' }) // there already, whatever its case
    fixture.world.removeLabel({ ...on, label: 'kind/bug' })
    await fixture.world.edit({ ...on, title: 'Changed' })
    fixture.world.assign({ ...on, assignees: ['bob', 'stranger'] })
    fixture.world.unassign({ ...on, assignees: ['bob'] })
    const comment = fixture.world.comment({ repo, number: pr.number, author: 'bob', body: 'a' })
    fixture.world.editComment(repo, comment.id, 'bob', 'b')
    fixture.world.deleteComment(repo, comment.id, 'bob')
    await fixture.world.close(on)
    await fixture.world.idle()
    expect(fixture.receiver.names()).toEqual([
      'pull_request.labeled',
      'pull_request.unlabeled',
      'pull_request.edited',
      'pull_request.assigned',
      'pull_request.unassigned',
      'issue_comment.created',
      'issue_comment.edited',
      'issue_comment.deleted',
      'pull_request.closed',
    ])
    const payload = (event: string, action: string) => fixture.receiver.of(event, action)[0]?.payload
    expect(payload('pull_request', 'labeled')).toMatchObject({
      label: { name: 'kind/bug' },
      pull_request: { labels: [{ name: 'kind/bug' }] },
    })
    expect(payload('pull_request', 'edited')).toMatchObject({
      changes: { title: { from: 'Change me' } },
      pull_request: { title: 'Changed' },
    })
    expect(payload('issue_comment', 'edited')).toMatchObject({
      changes: { body: { from: 'a' } },
      comment: { body: 'b' },
      issue: { pull_request: {} },
    })
    expect(fixture.world.pullRequest(repo, pr.number).timeline).toEqual([
      'labeled kind/bug',
      'unlabeled kind/bug',
      'renamed Change me → Changed',
      'assigned bob',
      'unassigned bob',
      'closed',
    ])
  })

  test('a transferred issue is told of where it was and where it is', async () => {
    const number = fixture.world.openIssue({ repo, author: 'bob', title: 'Elsewhere' })
    await fixture.world.idle()
    fixture.receiver.received.length = 0
    const { node_id: issue } = (await fixture.request('alice', `GET /repos/${repo}/issues/${number}`)).body as Payload
    const { node_id: target } = (await fixture.request('alice', 'GET /repos/acme/secret')).body as Payload
    const change = `transferIssue(input: { issueId: "${issue}", repositoryId: "${target}" }) { clientMutationId }`
    await fetch(`${fixture.sim.url}/api/graphql`, {
      method: 'POST',
      headers: { authorization: `bearer ${fixture.sim.tokens.alice}` },
      body: JSON.stringify({ query: `mutation { ${change} }` }),
    })
    await fixture.world.idle()
    expect(fixture.receiver.received.map(({ event, payload }) => [event, payload])).toMatchObject([
      [
        'issues',
        { action: 'transferred', repository: { name: 'site' }, changes: { new_repository: { name: 'secret' } } },
      ],
      ['issues', { action: 'opened', repository: { name: 'secret' }, changes: { old_issue: { number } } }],
    ])
  })

  // One sample was recorded at an app, and one issue says of itself that it is no draft.
  const notSent = new Set(['installation', 'issue.draft'])

  test.each([
    ['pull_request', 'opened'],
    ['pull_request', 'labeled'],
    ['issue_comment', 'created'],
    ['pull_request_review', 'submitted'],
    ['issues', 'opened'],
    ['push', undefined],
    ['status', undefined],
    ['create', undefined],
  ] as const)("%s %s has every field of GitHub's recorded samples", async (event, action) => {
    const file = new URL(import.meta.resolve('@octokit/webhooks-examples'))
    const all = JSON.parse(readFileSync(new URL('./index.json', file), 'utf8')) as {
      name: string
      examples: Payload[]
    }[]
    const example = all.find((e) => e.name === event)?.examples.find((e) => e.action === action)
    const pr = await fixture.world.openPullRequest({
      repo,
      author: 'carol',
      title: `Sample ${event}`,
      branch: `sample-${event}-${action}`,
    })
    fixture.world.openIssue({ repo, author: 'bob', title: 'Sample' })
    fixture.world.addLabel({ repo, number: pr.number, by: 'carol', label: 'kind/bug' })
    fixture.world.comment({ repo, number: pr.number, author: 'bob', body: 'hi' })
    await fixture.world.review({ repo, number: pr.number, author: 'bob', event: 'COMMENT', body: 'hm' })
    await fixture.world.setStatus({ repo, sha: pr.head.sha, by: 'ci-bot', state: 'success' })
    await fixture.world.idle()
    const ours = fixture.receiver.of(event, action).at(-1)?.payload
    const missing = Object.entries(example ?? {}).flatMap(([key, value]) => {
      if (ours?.[key] === undefined) return [key]
      const inner = typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.keys(value) : []
      return inner.filter((field) => !(field in (ours[key] as object))).map((field) => `${key}.${field}`)
    })
    expect(example).toBeDefined()
    expect(missing.filter((field) => !notSent.has(field))).toEqual([])
  })
})

describe('deliveries', () => {
  let fixture: Fixture
  afterEach(() => fixture.close())

  test('a failure is written down, is not tried again by itself, and keeps its guid when a person sends it again', async () => {
    let status = 503
    fixture = await startFixture({ answer: () => status })
    fixture.world.openIssue({ repo, author: 'bob', title: 'Lost' })
    await fixture.world.idle()
    expect(fixture.receiver.received).toHaveLength(1)
    const [failed] = fixture.world.deliveries()
    expect(failed).toMatchObject({ event: 'issues', action: 'opened', status_code: 503, redelivery: 0 })

    status = 200
    const [hook] = (await fixture.request('alice', 'GET /orgs/acme/hooks')).body as { id: number }[]
    const list = `/orgs/acme/hooks/${hook?.id}/deliveries`
    expect((await fixture.request('alice', `POST ${list}/${failed?.id}/attempts`)).status).toBe(202)
    await fixture.world.idle()
    expect(fixture.receiver.received.map((r) => r.headers['x-github-delivery'])).toEqual([failed?.guid, failed?.guid])
    expect(fixture.receiver.received[1]?.text).toBe(fixture.receiver.received[0]?.text)
    const { body } = await fixture.request('alice', `GET ${list}`)
    expect(body).toMatchObject([
      { guid: failed?.guid, redelivery: true, status: 'OK', status_code: 200 },
      { guid: failed?.guid, redelivery: false, status_code: 503 },
    ])
    const detail = await fixture.request('alice', `GET ${list}/${failed?.id}`)
    expect(detail.body).toMatchObject({
      request: { payload: { issue: { title: 'Lost' } } },
      response: { payload: 'thanks' },
    })
  })

  test('a receiver that is not there is a failure, too', async () => {
    fixture = await startFixture({
      seed: () => ({
        orgs: [{ login: 'acme', admins: ['alice'] }],
        repos: [{ owner: 'acme', name: 'site' }],
        hooks: [{ org: 'acme', url: 'http://127.0.0.1:9/hook', secret: '' }],
      }),
    })
    fixture.world.openIssue({ repo, author: 'alice', title: 'Nobody home' })
    await fixture.world.idle()
    expect(fixture.world.deliveries()).toMatchObject([{ status: 'failed to connect to host', status_code: 502 }])
  })

  test('a receiver that does not answer in ten seconds is given up', async () => {
    const timers: { ms: number; fire: () => void }[] = []
    const clock: Clock = {
      ...systemClock,
      after: (ms, fire) => {
        timers.push({ ms, fire })
        return () => {}
      },
    }
    let arrived = (): void => {}
    const here = new Promise<void>((resolve) => {
      arrived = resolve
    })
    let answer = (_status: number): void => {}
    fixture = await startFixture({
      clock,
      answer: () =>
        new Promise((resolve) => {
          answer = resolve
          arrived()
        }),
    })
    fixture.world.openIssue({ repo, author: 'bob', title: 'Slow' })
    await here
    expect(timers.map(({ ms }) => ms)).toEqual([10_000])
    timers[0]?.fire()
    await fixture.world.idle()
    expect(fixture.world.deliveries()).toMatchObject([{ status: 'timed out', status_code: 504 }])
    answer(200)
  })

  test('a slow answer does not hold the next delivery back, and they start in order', async () => {
    const answers: (() => void)[] = []
    let all = (): void => {}
    const three = new Promise<void>((resolve) => {
      all = resolve
    })
    fixture = await startFixture({
      answer: () =>
        new Promise((resolve) => {
          answers.push(() => resolve(200))
          if (answers.length === 3) all()
        }),
    })
    for (const title of ['one', 'two', 'three']) fixture.world.openIssue({ repo, author: 'bob', title })
    await three // all three are there before any was answered
    expect(fixture.world.deliveries().map((row) => row.status)).toEqual([null, null, null])
    for (const answer of answers) answer()
    await fixture.world.idle()
    expect(fixture.world.deliveries().map((row) => JSON.parse(row.payload).issue.title)).toEqual([
      'three',
      'two',
      'one',
    ])
  })
})
