// cat: answers /meow with the picture of a cat.
import { re2 } from '../config/re2.ts'
import { type CommandContext, plugin } from '../hook/plugin.ts'
import { isAnswered } from './shared/answered.ts'
import { keyIn } from './shared/key-file.ts'
import { answerOf, fieldOf, firstOf, showable } from './shared/pictures.ts'

const attempts = 3
const grumpy = re2`(?mi)^(no|grumpy)\s*$`
const grumpyCat = 'https://upload.wikimedia.org/wikipedia/commons/e/ee/Grumpy_Cat_by_Gage_Skidmore.jpg'

/** What to ask the service for. */
export function searchFor(category: string, moves: boolean): string {
  const address = new URL('https://api.thecatapi.com/v1/images/search?format=json&results_per_page=1')
  if (category !== '') address.searchParams.set('category', category)
  if (moves) address.searchParams.set('mime_types', 'gif')
  return address.href
}

async function run({ said, event, issue, plugins, fetch, ...context }: CommandContext<'meow'>): Promise<void> {
  if (await isAnswered({ event, issue, ...context }, '![cat image](')) return
  const [movie, given = ''] = said.match.groups
  const category = given.trim()
  const find = async () => {
    if (grumpy.test(category)) return grumpyCat
    const key = await keyIn(plugins.sections.cat?.key_path ?? '', context.log)
    // Not in the address, which other programs log.
    const answer = await answerOf(fetch, searchFor(category, movie !== undefined), key ? { 'x-api-key': key } : {})
    return fieldOf(answer, 0, 'url')
  }
  const picture = await firstOf(attempts, context, async () => showable(fetch, await find()))
  if (picture !== undefined) return issue.reply(`![cat image](${picture})`)
  await issue.reply(
    category === ''
      ? 'https://thecatapi.com appears to be down'
      : 'Bad category. Please see https://api.thecatapi.com/api/categories/list',
  )
  throw new Error(`no cat after ${attempts} attempts`)
}

export default plugin({
  name: 'cat',
  about: 'Adds the picture of a cat to an issue or pull request.',
  on: 'comment created',
  commands: [
    {
      usage: '/meow(vie) [CATegory]',
      who: 'Anybody.',
      examples: ['/meow', '/meow caturday', '/meowvie clothes'],
      forms: { meow: re2`(?mi)^/meow(vie)?(?: (.+))?\s*$` },
    },
  ],
  run,
  help: ({ sections }) => ({
    config: { '': `Cats are asked for ${sections.cat?.key_path ? 'with' : 'without'} a key of thecatapi.com.` },
    snippet: `cat:
  # A file with a key of thecatapi.com; without one only few cats can be had.
  key_path: /etc/cat-api/key
`,
  }),
})
