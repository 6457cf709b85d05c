// goose: answers /honk with the picture of a goose.
import { re2 } from '../config/re2.ts'
import { plugin } from '../hook/plugin.ts'
import { isAnswered } from './shared/answered.ts'
import { keyIn } from './shared/key-file.ts'
import { answerOf, fieldOf, firstOf, showable } from './shared/pictures.ts'

const attempts = 3

export default plugin({
  name: 'goose',
  about: 'Adds the picture of a goose to an issue or pull request.',
  on: 'comment created',
  commands: [{ usage: '/honk', who: 'Anybody.', examples: ['/honk'], forms: { honk: re2`(?mi)^/(honk)\s*$` } }],
  async run({ fetch, plugins, ...context }) {
    const { issue, log } = context
    if (await isAnswered(context, '![goose image](')) return
    const picture = await firstOf(attempts, context, async () => {
      const key = await keyIn(plugins.sections.goose?.key_path ?? '', log)
      // Not in the address, which other programs log.
      const headers = key ? { authorization: `Client-ID ${key}` } : {}
      const answer = await answerOf(fetch, 'https://api.unsplash.com/photos/random?query=goose', headers)
      return showable(fetch, fieldOf(answer, 'urls', 'small'))
    })
    if (picture !== undefined) return issue.reply(`\n![goose image](${picture})`)
    await issue.reply('Unable to find goose. Have you checked the garden?')
    throw new Error(`no goose after ${attempts} attempts`)
  },
  help: ({ sections }) => ({
    config: { '': `Geese are asked for ${sections.goose?.key_path ? 'with' : 'without'} a key of unsplash.com.` },
    snippet: `goose:
  # A file with an access key of unsplash.com, which gives nothing without one.
  key_path: /etc/unsplash-api/key
`,
  }),
})
