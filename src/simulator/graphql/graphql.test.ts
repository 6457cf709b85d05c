// GraphQL, asked as Tide, needs-rebase, blame and the issue commands ask.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Fixture, type Payload, startFixture } from '../fixture.ts'

const repo = 'acme/site'

describe('GraphQL', () => {
  let fixture: Fixture
  beforeAll(async () => {
    fixture = await startFixture()
  })
  afterAll(() => fixture.close())

  async function ask(query: string, variables: object = {}, as = 'ci-bot') {
    const response = await fetch(`${fixture.sim.url}/api/graphql`, {
      method: 'POST',
      headers: { authorization: `bearer ${fixture.sim.tokens[as]}` },
      body: JSON.stringify({ query, variables }),
    })
    return {
      status: response.status,
      ...((await response.json()) as { data?: Payload; errors?: { message: string }[] }),
    }
  }

  const tide = `query ($query: String!, $searchCursor: String) {
    rateLimit { cost remaining }
    search(type: ISSUE, first: 2, after: $searchCursor, query: $query) {
      pageInfo { hasNextPage endCursor }
      nodes { ... on PullRequest {
        number title body updatedAt author { login } authorMetadata: author { __typename }
        baseRef { name prefix } headRefName headRefOid mergeable mergeStateStatus canBeRebased
        repository { name nameWithOwner owner { login } } reviewDecision
        commits(last: 4) { nodes { commit { oid status { contexts { context description state } }
          statusCheckRollup { contexts(last: 100) { nodes { ... on CheckRun { name conclusion status } } } } } } }
        labels(first: 100) { nodes { name } } milestone { title }
      } }
    }
  }`

  test('Tide finds what it needs to know of a pull request', async () => {
    const pr = await fixture.world.openPullRequest({ repo, author: 'carol', title: 'Ready', branch: 'ready' })
    fixture.world.addLabel({ repo, number: pr.number, by: 'ci-bot', label: 'lgtm' })
    await fixture.world.setStatus({
      repo,
      sha: pr.head.sha,
      by: 'ci-bot',
      state: 'success',
      context: 'build',
      description: 'ok',
    })
    await fixture.world.checkRun({ repo, by: 'alice', sha: pr.head.sha, name: 'lint', conclusion: 'neutral' })
    const { data, errors } = await ask(tide, {
      query:
        'is:pr state:open archived:false label:"lgtm","x" -label:"hold" org:"acme" -repo:"acme/secret" updated:2007-01-01T00:00:00Z..2099-01-02T03:04:05Z',
      searchCursor: null,
    })
    expect(errors).toBeUndefined()
    expect(data).toMatchObject({
      search: {
        pageInfo: { hasNextPage: false },
        nodes: [
          {
            number: pr.number,
            title: 'Ready',
            author: { login: 'carol' },
            authorMetadata: { __typename: 'User' },
            baseRef: { name: 'main', prefix: 'refs/heads/' },
            headRefName: 'ready',
            headRefOid: pr.head.sha,
            mergeable: 'MERGEABLE',
            mergeStateStatus: 'CLEAN',
            canBeRebased: true,
            repository: { name: 'site', nameWithOwner: repo, owner: { login: 'acme' } },
            reviewDecision: null,
            commits: {
              nodes: [
                {
                  commit: {
                    oid: pr.head.sha,
                    status: { contexts: [{ context: 'build', description: 'ok', state: 'SUCCESS' }] },
                    statusCheckRollup: {
                      contexts: { nodes: [{ name: 'lint', conclusion: 'NEUTRAL', status: 'COMPLETED' }, {}] },
                    },
                  },
                },
              ],
            },
            labels: { nodes: [{ name: 'lgtm' }] },
            milestone: null,
          },
        ],
      },
    })
  })

  test('a conflict shows, and pages follow each other', async () => {
    const numbers: number[] = []
    for (const title of ['a', 'b', 'c', 'd', 'e']) {
      numbers.push(
        (
          await fixture.world.openPullRequest({
            repo,
            author: 'carol',
            title,
            files: { [title === 'c' ? 'README.md' : `${title}.txt`]: 'mine\n' },
            branch: `page-${title}`,
          })
        ).number,
      )
    }
    await fixture.world.push({ repo, author: 'alice', files: { 'README.md': 'theirs\n' } })
    const seen: { number: number; mergeable: string }[] = []
    let cursor: string | null = null
    do {
      const { data } = await ask(tide, { query: 'is:pr is:open repo:acme/site head:page-', searchCursor: cursor })
      const { nodes, pageInfo } = (
        data as { search: { nodes: typeof seen; pageInfo: { hasNextPage: boolean; endCursor: string } } }
      ).search
      seen.push(...nodes)
      cursor = pageInfo.hasNextPage ? pageInfo.endCursor : null
    } while (cursor)
    expect(seen.map((pr) => [pr.number, pr.mergeable])).toEqual(
      numbers.toReversed().map((n) => [n, n === numbers[2] ? 'CONFLICTING' : 'MERGEABLE']),
    )
  })

  test('repository, blame and direct collaborators', async () => {
    await fixture.world.push({ repo, author: 'carol', files: { 'src/main.ts': 'one\n2\nthree\n' }, message: 'two' })
    await fixture.request('alice', `PUT /repos/${repo}/collaborators/bob`, { permission: 'maintain' })
    const { data, errors } =
      await ask(`query { viewer { login } repository(owner: "acme", name: "site") { id isArchived defaultBranchRef { name target { oid } }
      object(expression: "main") { ... on Commit { blame(path: "src/main.ts") { ranges { startingLine endingLine commit { author { user { login } date } } } } } }
      file: object(expression: "main:src/main.ts") { ... on Blob { text } }
      collaborators(affiliation: DIRECT, first: 100) { edges { permission node { login } } } } }`)
    expect(errors).toBeUndefined()
    expect(data).toMatchObject({
      viewer: { login: 'ci-bot' },
      repository: {
        defaultBranchRef: { name: 'main', target: { oid: await fixture.world.revision(repo, 'main') } },
        object: {
          blame: {
            ranges: [
              { startingLine: 1, endingLine: 1, commit: { author: { user: { login: 'alice' } } } },
              { startingLine: 2, endingLine: 2, commit: { author: { user: { login: 'carol' } } } },
              { startingLine: 3, endingLine: 3, commit: { author: { user: { login: 'alice' } } } },
            ],
          },
        },
        file: { text: 'one\n2\nthree\n' },
        collaborators: { edges: [{ permission: 'MAINTAIN', node: { login: 'bob' } }] },
      },
    })
  })

  test('blocking issues are found by label', async () => {
    fixture.world.openIssue({ repo, author: 'alice', title: 'Stop branch:main', labels: ['tide/merge-blocker'] })
    const { data } =
      await ask(`{ search(type: ISSUE, first: 100, query: "is:issue label:\\"tide/merge-blocker\\" org:\\"acme\\" state:open") {
      issueCount nodes { ... on Issue { number title url repository { name owner { login } } } } } }`)
    expect(data).toMatchObject({
      search: {
        issueCount: 1,
        nodes: [{ title: 'Stop branch:main', repository: { name: 'site', owner: { login: 'acme' } } }],
      },
    })
  })

  test('issues are pinned and transferred, pull requests become drafts', async () => {
    const number = fixture.world.openIssue({ repo, author: 'alice', title: 'Elsewhere' })
    fixture.world.comment({ repo, number, author: 'bob', body: 'moved with it' })
    const issue = (await fixture.request('alice', `GET /repos/${repo}/issues/${number}`)).body as { node_id: string }
    const target = (await fixture.request('alice', 'GET /repos/acme/secret')).body as { node_id: string }
    expect(
      (
        await ask('mutation ($id: ID!) { pinIssue(input: { issueId: $id }) { clientMutationId } }', {
          id: issue.node_id,
        })
      ).errors,
    ).toBeUndefined()
    const moved = await ask(
      'mutation ($issue: ID!, $repo: ID!) { transferIssue(input: { issueId: $issue, repositoryId: $repo }) { issue { number url } } }',
      { issue: issue.node_id, repo: target.node_id },
    )
    expect(moved.data).toMatchObject({ transferIssue: { issue: { number: 1 } } })
    expect(fixture.world.issue('acme/secret', 1)).toMatchObject({
      title: 'Elsewhere',
      user: 'alice',
      comments: [{ body: 'moved with it' }],
    })
    const pr = await fixture.world.openPullRequest({ repo, author: 'carol', title: 'Early' })
    const { node_id: id } = (await fixture.request('carol', `GET /repos/${repo}/pulls/${pr.number}`)).body as {
      node_id: string
    }
    const draft = await ask(
      'mutation ($id: ID!) { convertPullRequestToDraft(input: { pullRequestId: $id }) { pullRequest { isDraft } } }',
      { id },
      'carol',
    )
    expect(draft.data).toEqual({ convertPullRequestToDraft: { pullRequest: { isDraft: true } } })
  })

  test('what is not simulated is refused by name, what may not be seen is not found', async () => {
    expect((await ask('{ viewer { pinnedItems(first: 1) { totalCount } } }')).errors?.[0]?.message).toContain(
      'Cannot query field "pinnedItems"',
    )
    expect(
      (await ask('{ repository(owner: "acme", name: "secret") { id } }', {}, 'stranger')).errors?.[0],
    ).toMatchObject({
      type: 'NOT_FOUND',
      message: "Could not resolve to a Repository with the name 'acme/secret'.",
    })
    const anonymous = await fetch(`${fixture.sim.url}/api/graphql`, {
      method: 'POST',
      body: '{"query":"{ viewer { login } }"}',
    })
    expect(anonymous.status).toBe(401)
  })

  test('faults strike here as well', async () => {
    fixture.world.faults.add({ kind: 'bad-gateway', path: '/graphql' })
    expect((await ask('{ viewer { login } }')).status).toBe(502)
    expect((await ask('{ viewer { login } }')).status).toBe(200)
  })
})
