// dog: answers /woof with the picture of a dog, and says with a drawn one how things are.
import { re2 } from '../config/re2.ts'
import { type CommandContext, plugin } from '../hook/plugin.ts'
import { isAnswered } from './shared/answered.ts'
import { answerOf, fieldOf, firstOf, showable } from './shared/pictures.ts'

const attempts = 5
const drawings = 'https://storage.googleapis.com/this-is-fine-images'
const drawn = {
  fine: `${drawings}/this_is_fine.png`,
  'not-fine': `${drawings}/this_is_not_fine.png`,
  unbearable: `${drawings}/this_is_unbearable.jpg`,
}

type Form = 'woof' | keyof typeof drawn

async function run({ said, fetch, ...context }: CommandContext<Form>): Promise<void> {
  const { issue } = context
  if (await isAnswered(context, '[![dog image](')) return
  const { form } = said
  const picture = await firstOf(attempts, context, async () => {
    if (form !== 'woof') return showable(fetch, drawn[form])
    const found = fieldOf(await answerOf(fetch, 'https://random.dog/woof.json'), 'url')
    // The service has films, too.
    return typeof found === 'string' && /\.(?:jpg|gif|png)$/i.test(found) ? showable(fetch, found) : undefined
  })
  if (picture === undefined) throw new Error(`no dog after ${attempts} attempts`)
  await issue.reply(`[![dog image](${picture})](${picture})`)
}

export default plugin({
  name: 'dog',
  about: 'Adds the picture of a dog to an issue or pull request.',
  on: 'comment created',
  commands: [
    {
      usage: '/(woof|bark|this-is-{fine|not-fine|unbearable})',
      who: 'Anybody.',
      examples: ['/woof', '/bark', '/this-is-fine', '/this-is-not-fine', '/this-is-unbearable'],
      forms: {
        woof: re2`(?mi)^/(woof|bark)\s*$`,
        fine: re2`(?mi)^/this-is-fine\s*$`,
        'not-fine': re2`(?mi)^/this-is-not-fine\s*$`,
        unbearable: re2`(?mi)^/this-is-unbearable\s*$`,
      },
    },
  ],
  run,
})
