// Who may do what, one row per rule, and in which words the others are refused.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Fixture, startFixture } from './fixture.ts'

const R = '/repos/acme/site'

describe('permissions', () => {
  let fixture: Fixture
  let number = 0
  let sha = ''
  beforeAll(async () => {
    fixture = await startFixture({
      seed: (hookUrl) => ({
        users: [
          { login: 'owner' },
          { login: 'member' },
          { login: 'triager' },
          { login: 'writer' },
          { login: 'team-writer' },
          { login: 'child' },
          { login: 'stranger' },
        ],
        orgs: [
          {
            login: 'acme',
            admins: ['owner'],
            members: ['member', 'team-writer', 'child'],
            teams: [
              { name: 'writers', members: ['team-writer'], repos: { site: 'push' } },
              { name: 'juniors', parent: 'writers', members: ['child'] },
            ],
          },
        ],
        repos: [
          { owner: 'acme', name: 'site', collaborators: { triager: 'triage', writer: 'push' } },
          { owner: 'acme', name: 'secret', private: true },
        ],
        hooks: [{ org: 'acme', url: hookUrl, secret: '' }],
      }),
    })
    const pr = await fixture.world.openPullRequest({ repo: 'acme/site', author: 'stranger', title: 'Please' })
    number = pr.number
    sha = pr.head.sha
  })
  afterAll(() => fixture.close())

  test.each<[who: string | undefined, does: string, status: number, body?: unknown]>([
    [undefined, `GET ${R}`, 200],
    [undefined, `GET ${R}/issues/1`, 200],
    [undefined, `POST ${R}/issues/1/comments`, 401, { body: 'hi' }],
    ['stranger', `POST ${R}/issues/1/comments`, 201, { body: 'hi' }],
    ['wrong-token', `GET ${R}`, 401],
    [undefined, 'GET /repos/acme/secret', 404],
    ['stranger', 'GET /repos/acme/secret', 404],
    ['stranger', 'POST /repos/acme/secret/issues', 404, { title: 'x' }],
    ['member', 'GET /repos/acme/secret', 200],
    ['stranger', `POST ${R}/issues/1/labels`, 403, ['x']],
    ['member', `POST ${R}/issues/1/labels`, 403, ['x']],
    ['triager', `POST ${R}/issues/1/labels`, 200, ['x']],
    ['child', `POST ${R}/issues/1/labels`, 200, ['x']],
    ['triager', `POST ${R}/labels`, 403, { name: 'made' }],
    ['writer', `POST ${R}/labels`, 201, { name: 'made' }],
    ['writer', `POST ${R}/labels`, 422, { name: 'MADE' }],
    ['stranger', `PATCH ${R}/issues/1`, 200, { title: 'my own' }],
    ['member', `PATCH ${R}/issues/1`, 403, { title: 'not mine' }],
    ['triager', `PATCH ${R}/issues/1`, 403, { title: 'not mine' }],
    ['writer', `PATCH ${R}/issues/1`, 200, { title: 'edited' }],
    ['triager', `POST ${R}/statuses/SHA`, 403, { state: 'success' }],
    ['team-writer', `POST ${R}/statuses/SHA`, 201, { state: 'success' }],
    ['writer', `POST ${R}/statuses/SHA`, 422, { state: 'great' }],
    ['writer', `POST ${R}/statuses/SHA`, 422, { state: 'success', description: 'x'.repeat(141) }],
    ['writer', `POST ${R}/statuses/${'0'.repeat(40)}`, 422, { state: 'success' }],
    ['stranger', `GET ${R}/collaborators`, 403],
    ['writer', `GET ${R}/collaborators`, 200],
    ['writer', `GET ${R}/hooks`, 404],
    ['owner', `GET ${R}/hooks`, 200],
    ['member', 'GET /orgs/acme/hooks', 403],
    ['stranger', 'GET /orgs/acme/hooks', 404],
    ['writer', `PUT ${R}/collaborators/stranger`, 403, { permission: 'push' }],
    ['writer', `PATCH ${R}`, 403, { description: 'x' }],
    ['stranger', `PUT ${R}/pulls/1/merge`, 403],
    ['triager', `PUT ${R}/pulls/1/merge`, 403],
    ['stranger', `POST ${R}/pulls/1/requested_reviewers`, 403, { reviewers: ['writer'] }],
    ['owner', `POST ${R}/pulls/1/requested_reviewers`, 422, { reviewers: ['writer', 'stranger'] }],
    ['owner', `POST ${R}/pulls/1/requested_reviewers`, 422, { team_reviewers: ['none'] }],
    ['writer', `GET ${R}/branches/main/protection`, 404],
    ['owner', `POST ${R}/check-runs`, 403, { name: 'lint', head_sha: 'SHA' }],
    ['triager', `POST ${R}/issues`, 422, { title: 'x', assignees: ['writer', 'stranger'] }],
    ['stranger', `POST ${R}/issues`, 201, { title: 'x', assignees: ['stranger'] }],
    ['triager', `PATCH ${R}/issues/1`, 422, { milestone: 7 }],
    ['triager', `POST ${R}/milestones`, 403, { title: 'v1' }],
    ['stranger', `PUT ${R}/issues/1/lock`, 403],
    ['stranger', `PUT ${R}/pulls/1/update-branch`, 422],
    ['stranger', `DELETE ${R}/git/refs/heads%2Fmain`, 403],
    ['member', 'GET /orgs/acme/members/stranger', 404],
    ['stranger', 'GET /orgs/acme/members/member', 302],
    ['owner', `POST ${R}/issues/1/comments`, 422, { body: 'x'.repeat(65_537) }],
    ['owner', `POST ${R}/issues/1/comments`, 422, {}],
    ['owner', `POST ${R}/issues/1/comments`, 400, '{"body": '],
    ['owner', `POST ${R}/issues/1/comments`, 422, { body: 7 }],
    ['owner', `GET ${R}/issues/9999`, 404],
    ['owner', `GET ${R}/issues/one`, 404],
    ['owner', 'GET /nothing/here', 404],
  ])('%s: %s → %i', async (who, does, status, body) => {
    const answer = await fixture.request(who, does.replace('SHA', sha), body)
    expect(answer.status, answer.text).toBe(status)
  })

  test.each([
    ['owner', 'admin', 'admin'],
    ['writer', 'write', 'write'],
    ['team-writer', 'write', 'write'],
    ['child', 'write', 'write'],
    ['triager', 'read', 'triage'],
    ['member', 'read', 'read'],
    ['stranger', 'read', 'read'],
  ])('the permission of %s is %s', async (login, permission, role) => {
    const { body } = await fixture.request('owner', `GET ${R}/collaborators/${login}/permission`)
    expect(body).toMatchObject({ permission, role_name: role })
    expect((await fixture.request('owner', `GET ${R}/collaborators/${login.toUpperCase()}`)).status).toBe(
      login === 'stranger' ? 404 : 204,
    )
  })

  test('people who cannot be assigned are left out silently', async () => {
    const { body } = await fixture.request('triager', `POST ${R}/issues/${number}/assignees`, {
      assignees: ['member', 'nobody', 'acme'],
    })
    expect((body as { assignees: { login: string }[] }).assignees.map((a) => a.login)).toEqual(['member'])
  })

  test('no more than ten people are assigned', async () => {
    const logins = Array.from({ length: 11 }, (_, index) => `crew-${index}`)
    await fixture.world.plant({ users: logins.map((login) => ({ login })) })
    for (const login of logins)
      fixture.world.comment({ repo: 'acme/site', number, author: login, body: 'I can be assigned' })
    await fixture.request('triager', `DELETE ${R}/issues/${number}/assignees`, { assignees: ['member'] })
    const { body } = await fixture.request('triager', `POST ${R}/issues/${number}/assignees`, { assignees: logins })
    expect((body as { assignees: unknown[] }).assignees).toHaveLength(10)
  })

  test('the text of a refusal says what GitHub says', async () => {
    const label = await fixture.request('stranger', `POST ${R}/issues/1/labels`, ['x'])
    expect(label.body).toMatchObject({
      message: 'Must have admin rights to Repository.',
      documentation_url: expect.any(String),
    })
    const gone = await fixture.request('triager', `DELETE ${R}/issues/1/labels/nosuch`)
    expect(gone).toMatchObject({ status: 404, body: { message: 'Label does not exist' } })
    const unprotected = await fixture.request('owner', `GET ${R}/branches/main/protection`)
    expect(unprotected).toMatchObject({ status: 404, body: { message: 'Branch not protected' } })
  })
})
