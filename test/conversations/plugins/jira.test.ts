// jira, as the people on an issue or pull request see it.
import { afterAll, expect } from 'vitest'
import { memoryJira } from '../../../src/jira/testing/memory-jira.ts'
import { conversation } from '../../../src/testing/conversation.ts'
import { serveFetch } from '../../../src/testing/serve-fetch.ts'

const jira = memoryJira({ 'SEA-1': '11', 'SEA-2': '12', 'SEA-3': '13', 'BAY-1': '21' })
const server = await serveFetch(jira.fetch)
afterAll(() => server.close())

const endpoint = `${server.url}/`
const credentials = { bearerToken: () => 'town-token' }
const there = (key: string) => `[${key}](${server.url}/browse/${key})`
const options = {
  plugins: ['jira'],
  jobs: '',
  jira: { endpoint, credentials },
  pluginConfig: 'jira: {disabled_jira_projects: [bay]}\n',
}

conversation(
  'comment: keys become links wherever they stand, and the issues of Jira hear of it',
  options,
  async ({ bob, casey, town }) => {
    const pr = await casey.opensPullRequest({
      title: 'SEA-1: light',
      body: 'Needs SEA-2 and BAY-1',
      files: { a: 'x\n' },
    })
    await pr.hasBody(`Needs ${there('SEA-2')} and BAY-1`)
    await bob.reviews(pr, 'comment', 'On the line.', [{ path: 'a', position: 1, body: 'SEA-3 here' }])
    const { world } = town.simulator
    const at = { org: 'harbor', repo: 'lighthouse', number: pr.number }
    const onLine = async () => (await town.installation().host.reviewComments(at)).map(({ body }) => body)
    await town.until('the comment on the line', async () => (await onLine())[0] === `${there('SEA-3')} here`, onLine)

    const issue = await bob.opensIssue({ title: 'Dark' })
    await casey.says(issue, 'Like SEA-1 and `SEA-2` and SEA-9\r\n')
    const said = () => world.issue('harbor/lighthouse', issue.number).comments.map(({ body }) => body)
    await town.until('the comment', () => said()[0] === `Like ${there('SEA-1')} and \`SEA-2\` and SEA-9\r\n`, said)
    await casey.editsLastComment(issue, 'Unlike SEA-2 :(')
    await town.until('the edited comment', () => said()[0] === `Unlike ${there('SEA-2')} :(`, said)

    await town.quiet()
    expect(jira.last().headers.get('authorization')).toBe('Bearer town-token')
    const titles = (id: string) => jira.links.get(id)?.map(({ object }) => object.title)
    expect(titles('11')).toEqual([
      `harbor/lighthouse#${pr.number}: SEA-1: light`,
      `harbor/lighthouse#${issue.number}: Dark`,
    ])
    expect(titles('12')).toEqual([
      `harbor/lighthouse#${pr.number}: SEA-1: light`,
      `harbor/lighthouse#${issue.number}: Dark`,
    ])
    expect(titles('21')).toBeUndefined()
  },
)

conversation('comment: nothing happens where no Jira is named', { ...options, jira: undefined }, async ({ bob }) => {
  const pr = await bob.opensPullRequest({ body: 'SEA-1' })
  await pr.hasBody(/^SEA-1$/)
})
