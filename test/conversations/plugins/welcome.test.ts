// welcome, from the first pull request to the greeting.
import { conversation } from '../../../src/testing/conversation.ts'

conversation(
  'pull_request: newcomers are greeted, once',
  { plugins: ['welcome'], jobs: '' },
  async ({ bob, casey }) => {
    const first = await casey.opensPullRequest()
    await first.botSays('Welcome @casey! It looks like this is your first PR to harbor/lighthouse 🎉')
    await casey.closes(first)
    await casey.reopens(first)
    await casey.opensPullRequest()
    await bob.opensPullRequest()
  },
)

const template = `
welcome:
- repos: [harbor]
  always_post: true
  message_template: "<!-- hi -->Hi @{{.AuthorLogin}}, {{.Org}} & more"
`

conversation(
  'pull_request: everybody is greeted where that is wanted, by the template',
  { plugins: ['welcome'], jobs: '', pluginConfig: template },
  async ({ bob }) => {
    for (const _ of [1, 2]) await (await bob.opensPullRequest()).botSays(/^Hi @bob, harbor & more$/)
  },
)

conversation(
  'pull_request: a template that fails posts nothing',
  { plugins: ['welcome'], jobs: '', pluginConfig: 'welcome: [{repos: [harbor], message_template: "{{.Nobody}}"}]\n' },
  async ({ casey }) => {
    await casey.opensPullRequest()
  },
)
