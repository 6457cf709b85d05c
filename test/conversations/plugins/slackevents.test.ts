// slackevents, from pushes and comments on GitHub to messages in a fake Slack.
import { expect } from 'vitest'
import { conversation, type Talk } from '../../../src/testing/conversation.ts'
import { fakeServices } from '../../../src/testing/fake-services.ts'

const pluginConfig = `
slack:
  mentionchannels: [sig-node]
  mergewarnings:
  - repos: [harbor/lighthouse]
    channels: [merges]
    exempt_users: [Alice]
`

function workspace() {
  const net = fakeServices((_method, address) => (address.startsWith('https://slack.com/') ? { ok: true } : undefined))
  const messages = async (town: Talk['town']) => {
    await town.quiet()
    const forms = await Promise.all(net.requests.splice(0).map((request) => request.formData()))
    expect(forms.every((form) => form.get('token') === 'xoxb-town')).toBe(true)
    return forms.map((form) => `${form.get('channel')}: ${form.get('text')}`)
  }
  return { options: { plugins: ['slackevents'], jobs: '', pluginConfig, fetch: net.fetch }, messages }
}

const pushes = workspace()
conversation('push: what no automation merged is told', pushes.options, async ({ alice, bob, town }) => {
  await alice.pushesTo('main', { a: '1' })
  expect(await pushes.messages(town)).toEqual([])
  await bob.pushesTo('main', { b: '1' })
  expect(await pushes.messages(town)).toEqual([
    expect.stringMatching(/^merges: \*Warning:\* bob \(<@bob>\) manually merged 1 commit\(s\) into main: http/),
  ])
  await bob.makesBranch('next')
  expect((await pushes.messages(town)).join()).toContain('pushed a new branch (next)')
  await bob.pushesTo('next', { c: '1' })
  await bob.pushesTo('next', { c: '2' }, { force: true })
  expect((await pushes.messages(town))[1]).toContain('*force* merged 1 commit(s) into next: http')
})

const mentions = workspace()
conversation('comment: a SIG that is mentioned hears of it', mentions.options, async ({ casey, town }) => {
  const issue = await casey.opensIssue({ body: 'See @kubernetes/sig-node-bugs <!channel>' })
  await casey.says(issue, 'and @kubernetes/sig-storage-bugs')
  expect(await mentions.messages(town)).toEqual([
    expect.stringMatching(
      /^sig-node: sig-node was mentioned by casey \(<@casey>\) on GitHub\. \(http.*\)\n>>>See @kubernetes\/sig-node-bugs &lt;!channel&gt;$/,
    ),
  ])
})
