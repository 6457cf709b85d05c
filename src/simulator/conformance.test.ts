// Every REST route is driven once or more, and each answer held to GitHub's own description.

import { generateKeyPairSync, sign } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { systemClock } from '../system/clock.ts'
import { type Fixture, type Payload, smallWorld, startFixture } from './fixture.ts'
import { loadDescription } from './openapi.fixture.ts'
import { allRoutes } from './rest/server.ts'
import type { startDeliveries } from './webhooks/deliveries.ts'

const keys = generateKeyPairSync('rsa', { modulusLength: 2048 })
const publicKey = keys.publicKey.export({ type: 'spki', format: 'pem' }).toString()

function appJwt(): string {
  const now = Math.floor(systemClock.now() / 1000)
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const head = `${part({ alg: 'RS256', typ: 'JWT' })}.${part({ iat: now - 5, exp: now + 540, iss: 77 })}`
  return `${head}.${sign('sha256', Buffer.from(head), keys.privateKey).toString('base64url')}`
}

describe('REST answers are of the shape that GitHub describes', () => {
  const description = loadDescription()
  // Only their templates are read; nothing is sent through these.
  const routes = allRoutes({
    kick() {},
    redeliver: () => 0,
    idle: async () => {},
    close: async () => {},
  } satisfies ReturnType<typeof startDeliveries>)
  const templates = routes
    .map((route) => ({ ...route, matcher: new RegExp(`^${route.path.replace(/\{\w+\}/g, '[^/]+')}$`) }))
    .toSorted((a, b) => (a.path.match(/\{/g)?.length ?? 0) - (b.path.match(/\{/g)?.length ?? 0))
  const driven = new Set<string>()
  let fixture: Fixture

  beforeAll(async () => {
    fixture = await startFixture({
      seed: (hookUrl) => ({
        ...smallWorld(hookUrl),
        app: {
          id: 77,
          slug: 'bowsprit',
          publicKey,
          installedIn: ['acme'],
          webhook: { url: `${hookUrl}/app`, secret: 'x' },
        },
      }),
    })
  })
  afterAll(() => fixture.close())

  /** Sends a request, checks the answer, and returns its body. */
  async function drive(
    login: string | undefined,
    route: string,
    status: number,
    body?: unknown,
  ): Promise<Payload & readonly Payload[]> {
    const [method = '', url = ''] = route.split(' ')
    const path = url.split('?')[0] ?? ''
    const answer = await fixture.request(login, route, body)
    const template = templates.find((t) => t.method === method.toLowerCase() && t.matcher.test(path))
    expect(template, `${route} is not a route`).toBeDefined()
    if (!template) throw new Error('unreachable')
    driven.add(`${template.method} ${template.path}`)
    expect.soft(answer.status, `${route}: ${answer.text}`).toBe(status)
    if (template.described) {
      expect.soft(description.answer(template.method, template.path, status, answer.body)).toEqual([])
    }
    return answer.body as Payload & readonly Payload[]
  }

  const R = '/repos/acme/site'

  async function installationToken(): Promise<string> {
    const jwt = appJwt()
    const [installation] = (await fixture.request(jwt, 'GET /app/installations')).body as Payload[]
    const made = await fixture.request(jwt, `POST /app/installations/${installation?.id}/access_tokens`)
    return String((made.body as Payload).token)
  }

  test('users, organizations and teams', async () => {
    await drive('bob', 'GET /user', 200)
    await drive('bob', 'GET /users/alice', 200)
    await drive('bob', 'GET /users/nobody', 404)
    await drive('bob', 'GET /users/carol/orgs', 200)
    await drive('bob', 'GET /user/orgs', 200)
    await drive('bob', 'GET /rate_limit', 200)
    await drive('bob', 'GET /orgs/acme', 200)
    await drive('alice', 'PATCH /orgs/acme', 200, { description: 'makers', default_repository_permission: 'read' })
    await drive('bob', 'GET /orgs/acme/members', 200)
    await drive('bob', 'GET /orgs/acme/members/carol', 204)
    await drive('bob', 'GET /orgs/acme/members/stranger', 404)
    await drive('stranger', 'GET /orgs/acme/members/carol', 302)
    await drive('bob', 'GET /orgs/acme/public_members/carol', 404)
    await drive('bob', 'GET /orgs/acme/memberships/carol', 200)
    await drive('alice', 'PUT /orgs/acme/memberships/stranger', 200, { role: 'member' })
    const [invitation] = await drive('alice', 'GET /orgs/acme/invitations', 200)
    await drive('alice', 'GET /orgs/acme/failed_invitations', 200)
    await drive('stranger', 'GET /user/memberships/orgs?state=pending', 200)
    await drive('stranger', 'PATCH /user/memberships/orgs/acme', 200, { state: 'active' })
    await drive('alice', 'DELETE /orgs/acme/memberships/stranger', 204)
    await drive('alice', 'PUT /orgs/acme/memberships/stranger', 200, { role: 'member' })
    await drive('alice', `DELETE /orgs/acme/invitations/${Number(invitation?.id) || 0}`, 404)
    const [second] = await drive('alice', 'GET /orgs/acme/invitations', 200)
    await drive('alice', `DELETE /orgs/acme/invitations/${second?.id}`, 204)

    await drive('alice', 'POST /orgs/acme/teams', 201, { name: 'Pilots', description: 'steer', privacy: 'closed' })
    const [crew] = await drive('bob', 'GET /orgs/acme/teams', 200)
    await drive('bob', 'GET /orgs/acme/teams/crew', 200)
    await drive('alice', 'PATCH /orgs/acme/teams/pilots', 200, { name: 'Navigators', parent_team_id: crew?.id })
    await drive('alice', 'PUT /orgs/acme/teams/navigators/memberships/bob', 200, { role: 'maintainer' })
    await drive('bob', 'GET /orgs/acme/teams/navigators/memberships/bob', 200)
    await drive('bob', 'GET /orgs/acme/teams/navigators/memberships/carol', 404)
    await drive('bob', 'GET /orgs/acme/teams/navigators/members?role=maintainer', 200)
    await drive('bob', `GET /teams/${crew?.id}/members`, 200)
    await drive('bob', 'GET /orgs/acme/teams/navigators/invitations', 200)
    await drive('alice', 'PUT /orgs/acme/teams/navigators/repos/acme/site', 204, { permission: 'triage' })
    await drive('bob', 'GET /orgs/acme/teams/navigators/repos', 200)
    await drive('alice', `GET ${R}/teams`, 200)
    await drive('alice', 'DELETE /orgs/acme/teams/navigators/repos/acme/site', 204)
    await drive('alice', 'DELETE /orgs/acme/teams/navigators/memberships/bob', 204)
    await drive('alice', 'DELETE /orgs/acme/teams/navigators', 204)
  })

  test('repositories, collaborators, branches and protection', async () => {
    await drive('bob', `GET ${R}`, 200)
    await drive('alice', `PATCH ${R}`, 200, { description: 'our site', has_wiki: false })
    await drive('bob', 'GET /orgs/acme/repos', 200)
    await drive('alice', 'POST /orgs/acme/repos', 201, { name: 'fresh', auto_init: true })
    await drive('bob', 'POST /user/repos', 201, { name: 'mine' })
    await drive('bob', 'GET /users/bob/repos', 200)
    await drive('stranger', `POST ${R}/forks`, 202)
    await drive('bob', `GET ${R}/forks`, 200)
    await drive('alice', `GET ${R}/collaborators`, 200)
    await drive('bob', `GET ${R}/collaborators/carol`, 204)
    await drive('bob', `GET ${R}/collaborators/stranger`, 404)
    await drive('bob', `GET ${R}/collaborators/carol/permission`, 200)
    await drive('alice', `PUT ${R}/collaborators/stranger`, 201, { permission: 'push' })
    await drive('alice', `GET ${R}/invitations`, 200)
    const [invitation] = await drive('stranger', 'GET /user/repository_invitations', 200)
    await drive('alice', `PATCH ${R}/invitations/${invitation?.id}`, 200, { permissions: 'triage' })
    await drive('stranger', `PATCH /user/repository_invitations/${invitation?.id}`, 204)
    await drive('alice', `PUT ${R}/collaborators/stranger`, 204, { permission: 'pull' })
    await drive('alice', `DELETE ${R}/collaborators/stranger`, 204)
    await drive('alice', `PUT ${R}/collaborators/stranger`, 201, { permission: 'push' })
    const [again] = await drive('alice', `GET ${R}/invitations`, 200)
    await drive('alice', `DELETE ${R}/invitations/${again?.id}`, 204)
    await drive('bob', `GET ${R}/assignees/carol`, 204)

    await drive('bob', `GET ${R}/tags`, 200)
    await drive('bob', `GET ${R}/branches`, 200)
    await drive('bob', `GET ${R}/branches/main`, 200)
    await drive('alice', `GET ${R}/branches/main/protection`, 404)
    await drive('alice', `PUT ${R}/branches/main/protection`, 200, {
      required_status_checks: { strict: false, contexts: ['build'] },
      enforce_admins: null,
      required_pull_request_reviews: { required_approving_review_count: 1 },
      restrictions: { users: ['alice'], teams: ['crew'] },
    })
    await drive('alice', `GET ${R}/branches/main/protection`, 200)
    await drive('bob', `GET ${R}/branches/main`, 200)
    await drive('bob', `GET ${R}/branches?protected=true`, 200)
    await drive('alice', `POST ${R}/branches/main/protection/required_signatures`, 200)
    await drive('alice', `DELETE ${R}/branches/main/protection/required_signatures`, 204)
    await drive('alice', `DELETE ${R}/branches/main/protection`, 204)
  })

  test('issues, comments, labels, milestones and reactions', async () => {
    await drive('carol', `GET ${R}/labels`, 200)
    await drive('carol', `POST ${R}/labels`, 201, { name: 'area/docs', color: '0075ca', description: 'words' })
    await drive('bob', `GET ${R}/labels/area%2Fdocs`, 200)
    await drive('carol', `PATCH ${R}/labels/area%2Fdocs`, 200, { new_name: 'area/words' })
    await drive('carol', `POST ${R}/milestones`, 201, { title: 'v1' })
    await drive('carol', `GET ${R}/milestones`, 200)
    await drive('carol', `GET ${R}/milestones/1`, 200)
    const issue = await drive('bob', `POST ${R}/issues`, 201, { title: 'It leaks', body: 'a lot' })
    const I = `${R}/issues/${issue.number}`
    await drive('bob', `GET ${I}`, 200)
    await drive('bob', `GET ${R}/issues?state=all&per_page=5`, 200)
    await drive('carol', `PATCH ${I}`, 200, { milestone: 1, state: 'closed', state_reason: 'not_planned' })
    await drive('carol', `PATCH ${I}`, 200, { state: 'open', title: 'It leaks still' })
    await drive('carol', `POST ${I}/labels`, 200, ['area/words', 'made-up'])
    await drive('bob', `GET ${I}/labels`, 200)
    await drive('carol', `DELETE ${I}/labels/area%2Fwords`, 200)
    await drive('carol', `DELETE ${I}/labels/area%2Fwords`, 404)
    await drive('carol', `PUT ${I}/labels`, 200, { labels: ['made-up'] })
    await drive('carol', `DELETE ${I}/labels`, 204)
    await drive('carol', `DELETE ${R}/labels/made-up`, 204)
    await drive('carol', `POST ${I}/assignees`, 201, { assignees: ['bob'] })
    await drive('carol', `DELETE ${I}/assignees`, 200, { assignees: ['bob'] })
    await drive('carol', `PUT ${I}/lock`, 204)
    await drive('carol', `DELETE ${I}/lock`, 204)
    const comment = await drive('bob', `POST ${I}/comments`, 201, { body: 'me too' })
    const C = `${R}/issues/comments/${comment.id}`
    await drive('bob', `GET ${I}/comments`, 200)
    await drive('bob', `GET ${R}/issues/comments`, 200)
    await drive('bob', `GET ${C}`, 200)
    await drive('bob', `PATCH ${C}`, 200, { body: 'me as well' })
    await drive('carol', `POST ${C}/reactions`, 201, { content: '+1' })
    await drive('carol', `POST ${C}/reactions`, 200, { content: '+1' })
    await drive('carol', `GET ${C}/reactions`, 200)
    await drive('carol', `POST ${I}/reactions`, 201, { content: 'eyes' })
    await drive('carol', `GET ${I}/reactions`, 200)
    await drive('bob', `DELETE ${C}`, 204)
    await drive('bob', `GET ${I}/events`, 200)
    await drive('bob', `GET ${I}/timeline`, 200)
    await drive('bob', 'GET /search/issues?q=repo:acme/site+is:issue+leaks', 200)

    const mutate = (query: string) =>
      fetch(`${fixture.sim.url}/api/graphql`, {
        method: 'POST',
        headers: { authorization: `bearer ${fixture.sim.tokens.alice}` },
        body: JSON.stringify({ query }),
      })
    const target = await drive('alice', 'GET /repos/acme/secret', 200)
    for (const change of [
      `pinIssue(input: { issueId: "${issue.node_id}" })`,
      `unpinIssue(input: { issueId: "${issue.node_id}" })`,
      `transferIssue(input: { issueId: "${issue.node_id}", repositoryId: "${target.node_id}" })`,
    ])
      expect(await (await mutate(`mutation { ${change} { clientMutationId } }`)).json()).not.toHaveProperty('errors')
    await drive('bob', `GET ${I}`, 301)
    const moved = await fixture.request('bob', `GET ${I}/comments?per_page=1`)
    expect(moved.headers.get('location')).toBe(`${fixture.sim.apiUrl}/repos/acme/secret/issues/1/comments?per_page=1`)
    expect((await fixture.request('bob', `POST ${I}/comments`, { body: 'x' })).status).toBe(307)
  })

  test('pull requests, reviews, statuses and git', async () => {
    const { world } = fixture
    const opened = await world.openPullRequest({
      repo: 'acme/site',
      author: 'carol',
      title: 'Add words',
      files: { 'docs/a.md': 'a\n', 'src/main.ts': 'one\n2\nthree\n' },
    })
    const P = `${R}/pulls/${opened.number}`
    const { sha } = opened.head
    await drive('carol', `POST ${R}/pulls`, 422, { title: 'twin', head: opened.head.ref, base: 'main' })
    const main = await drive('bob', `GET ${R}/git/ref/heads%2Fmain`, 200)
    await drive('carol', `POST ${R}/git/refs`, 201, { ref: 'refs/heads/side', sha: (main.object as Payload).sha })
    await world.push({ repo: 'acme/site', author: 'carol', branch: 'side', files: { 'side.txt': 'x\n' } })
    const second = await drive('carol', `POST ${R}/pulls`, 201, {
      title: 'Side',
      head: 'side',
      base: 'main',
      draft: true,
    })
    await drive('bob', `GET ${R}/pulls`, 200)
    await drive('bob', `GET ${P}`, 200)
    await drive('carol', `PATCH ${P}`, 200, { title: 'Add good words', body: 'see there' })
    await drive('bob', `GET ${P}/files`, 200)
    await drive('bob', `GET ${P}/commits`, 200)
    await drive('bob', `GET ${P}/requested_reviewers`, 200)
    await drive('carol', `POST ${P}/requested_reviewers`, 201, { reviewers: ['bob'], team_reviewers: ['crew'] })
    await drive('carol', `POST ${P}/requested_reviewers`, 422, { reviewers: ['carol'] })
    await drive('carol', `DELETE ${P}/requested_reviewers`, 200, { reviewers: ['bob'], team_reviewers: ['crew'] })
    const review = await drive('bob', `POST ${P}/reviews`, 200, {
      event: 'REQUEST_CHANGES',
      body: 'please',
      comments: [{ path: 'docs/a.md', position: 1, body: 'why?' }],
    })
    await drive('bob', `GET ${P}/reviews`, 200)
    await drive('bob', `GET ${P}/reviews/${review.id}`, 200)
    await drive('bob', `PUT ${P}/reviews/${review.id}`, 200, { body: 'pretty please' })
    await drive('carol', `PUT ${P}/reviews/${review.id}/dismissals`, 200, { message: 'done' })
    const pending = await drive('bob', `POST ${P}/reviews`, 200, { body: 'later' })
    await drive('bob', `POST ${P}/reviews/${pending.id}/events`, 200, { event: 'APPROVE' })
    await drive('carol', `POST ${P}/reviews`, 422, { event: 'APPROVE' })
    const [lineComment] = await drive('bob', `GET ${P}/comments`, 200)
    await drive('bob', `POST ${P}/comments`, 201, {
      body: 'nice',
      path: 'src/main.ts',
      line: 2,
      side: 'RIGHT',
      commit_id: sha,
    })
    await drive('carol', `POST ${P}/comments`, 201, { body: 'because', in_reply_to: lineComment?.id })
    const L = `${R}/pulls/comments/${lineComment?.id}`
    await drive('bob', `GET ${L}`, 200)
    await drive('bob', `PATCH ${L}`, 200, { body: 'why that?' })
    await drive('bob', `POST ${L}/reactions`, 201, { content: 'heart' })
    await drive('bob', `DELETE ${L}`, 204)
    await drive('bob', `GET ${R}/issues/${opened.number}/timeline`, 200)
    await drive('bob', `GET ${R}/issues/${opened.number}/events`, 200)
    await drive('bob', 'GET /search/issues?q=repo:acme/site+type:pr+state:open+author:carol', 200)

    await drive('carol', `POST ${R}/statuses/${sha}`, 201, {
      state: 'pending',
      context: 'build',
      description: 'running',
      target_url: 'https://ci.example/1',
    })
    await drive('carol', `POST ${R}/statuses/${sha}`, 201, { state: 'success', context: 'build' })
    await drive('bob', `GET ${R}/commits/${sha}/status`, 200)
    await drive('bob', `GET ${R}/commits/${sha}/statuses`, 200)
    await drive('bob', `GET ${R}/statuses/${sha}`, 200)
    // Not driven: the description does not know that people cannot make check runs.
    expect((await fixture.request('carol', `POST ${R}/check-runs`, { name: 'lint', head_sha: sha })).status).toBe(403)
    const app = await installationToken()
    const run = await drive(app, `POST ${R}/check-runs`, 201, {
      name: 'lint',
      head_sha: sha,
      status: 'in_progress',
      output: { title: 't', summary: 's' },
    })
    await drive(app, `PATCH ${R}/check-runs/${run.id}`, 200, { conclusion: 'success' })
    await drive('bob', `GET ${R}/check-runs/${run.id}`, 200)
    await drive('bob', `GET ${R}/commits/${sha}/check-runs`, 200)

    await drive('bob', `GET ${R}/commits?path=README.md&sha=main`, 200)
    await drive('bob', `GET ${R}/commits/${sha}`, 200)
    await drive('bob', `GET ${R}/compare/main...${opened.head.ref}`, 200)
    const gitCommit = await drive('bob', `GET ${R}/git/commits/${sha}`, 200)
    await drive('bob', `GET ${R}/git/trees/${(gitCommit.tree as Payload).sha}?recursive=1`, 200)
    await drive('bob', `GET ${R}/git/matching-refs/heads%2F`, 200)
    await drive('bob', `GET ${R}/git/refs/heads%2Fmain`, 200)
    await drive('bob', `GET ${R}/git/ref/heads%2Fnone`, 404)
    const file = await drive('bob', `GET ${R}/contents/README.md`, 200)
    await drive('bob', `GET ${R}/contents/src?ref=main`, 200)
    await drive('bob', `GET ${R}/contents/none.txt`, 404)
    const bytes = Buffer.from([0, 1, 254, 255]).toString('base64')
    const wish = { branch: 'side', message: 'written', content: bytes }
    const made = await drive('carol', `PUT ${R}/contents/deep%2Fmade.bin`, 201, wish)
    const { sha: madeSha } = made.content as { sha: string }
    const readBack = await drive('bob', `GET ${R}/contents/deep%2Fmade.bin?ref=side`, 200)
    expect(readBack).toMatchObject({ sha: madeSha, content: `${bytes}\n` })
    await drive('carol', `PUT ${R}/contents/deep%2Fmade.bin`, 422, wish)
    const stale = { ...wish, sha: '0'.repeat(40) }
    // Not driven: the description of a 409 has two schemas, of which exactly one has to match, and every error matches both.
    expect((await fixture.request('carol', `PUT ${R}/contents/deep%2Fmade.bin`, stale)).status).toBe(409)
    await drive('carol', `PUT ${R}/contents/deep%2Fmade.bin`, 404, { ...wish, branch: 'none' })
    const changed = { ...wish, content: '', sha: madeSha }
    const { content } = await drive('carol', `PUT ${R}/contents/deep%2Fmade.bin`, 200, changed)
    const gone = { branch: 'side', message: 'gone', sha: (content as { sha: string }).sha }
    expect(await drive('carol', `DELETE ${R}/contents/deep%2Fmade.bin`, 200, gone)).toMatchObject({ content: null })
    await drive('carol', `DELETE ${R}/contents/deep%2Fmade.bin`, 404, gone)
    await drive('bob', `GET ${R}/git/blobs/${file.sha}`, 200)
    await drive('carol', `PATCH ${R}/git/refs/heads%2Fside`, 200, { sha, force: true })
    await drive('bob', `GET ${P}/merge`, 404)
    await drive('carol', `PUT ${P}/merge`, 409, { sha: '0'.repeat(40) })
    await drive('carol', `PUT ${R}/pulls/${second.number}/merge`, 405)
    await world.push({ repo: 'acme/site', author: 'alice', files: { 'moved.txt': 'on\n' } })
    await drive('carol', `PUT ${P}/update-branch`, 202, { expected_head_sha: sha })
    await drive('carol', `PUT ${P}/merge`, 200, { merge_method: 'squash' })
    await drive('bob', `GET ${P}/merge`, 204)
    await drive('bob', `GET ${P}`, 200)
    await drive('carol', `DELETE ${R}/git/refs/heads%2Fside`, 204)
  })

  test('actions, of which there are none', async () => {
    await drive('bob', `GET ${R}/actions/runs?status=action_required`, 200)
    await drive('bob', `GET ${R}/actions/workflows`, 200)
    for (const act of ['rerun', 'rerun-failed-jobs', 'approve']) {
      const { status } = await fixture.request('carol', `POST ${R}/actions/runs/1/${act}`)
      expect(status).toBe(404) // GitHub answers this too, though it describes only success
      driven.add(`post /repos/{owner}/{repo}/actions/runs/{run_id}/${act}`)
    }
  })

  test('webhooks and the app', async () => {
    for (const [base, config] of [
      [R, 'repo'],
      ['/orgs/acme', 'org'],
    ] as const) {
      const hook = await drive('alice', `POST ${base}/hooks`, 201, {
        name: 'web',
        active: true,
        events: ['push'],
        config: { url: `${fixture.receiver.url}/${config}`, content_type: 'json', secret: 'x' },
      })
      const H = `${base}/hooks/${hook.id}`
      await fixture.world.idle()
      await drive('alice', `GET ${base}/hooks`, 200)
      await drive('alice', `GET ${H}`, 200)
      await drive('alice', `PATCH ${H}`, 200, { add_events: ['status'] })
      await drive('alice', `POST ${H}/pings`, 204)
      await fixture.world.idle()
      const [ping] = await drive('alice', `GET ${H}/deliveries`, 200)
      await drive('alice', `GET ${H}/deliveries/${ping?.id}`, 200)
      await drive('alice', `POST ${H}/deliveries/${ping?.id}/attempts`, 202)
      await drive('alice', `DELETE ${H}`, 204)
    }
    const jwt = appJwt()
    await drive(jwt, 'GET /app', 200)
    const [installation] = await drive(jwt, 'GET /app/installations', 200)
    await drive(jwt, `GET /app/installations/${installation?.id}`, 200)
    await drive(jwt, 'GET /orgs/acme/installation', 200)
    await drive('alice', 'GET /orgs/acme/installations', 200)
    await drive(jwt, `GET ${R}/installation`, 200)
    const { token } = await drive(jwt, `POST /app/installations/${installation?.id}/access_tokens`, 201)
    await drive(String(token), 'GET /installation/repositories', 200)
    fixture.world.openIssue({ repo: 'acme/site', author: 'bob', title: 'for the app' })
    await fixture.world.idle()
    const [delivery] = await drive(jwt, 'GET /app/hook/deliveries', 200)
    await drive(jwt, `GET /app/hook/deliveries/${delivery?.id}`, 200)
    await drive(jwt, `POST /app/hook/deliveries/${delivery?.id}/attempts`, 202)
    await drive(String(token), 'DELETE /installation/token', 204)
    expect((await fixture.request(String(token), 'GET /user')).status).toBe(401)
  })

  test('no route was left out', () => {
    expect(routes.map((route) => `${route.method} ${route.path}`).filter((name) => !driven.has(name))).toEqual([])
  })

  test('webhook payloads are of the described shape, too', async () => {
    await fixture.world.idle()
    const problems = fixture.receiver.received.flatMap(({ event, payload }) => {
      const name = payload.action === undefined ? event : `${event}.${payload.action}`
      return description.webhook(name, payload)
    })
    expect([...new Set(problems)]).toEqual([])
    expect(new Set(fixture.receiver.names()).size).toBeGreaterThan(30)
  })
})
