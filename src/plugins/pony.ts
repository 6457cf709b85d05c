// pony: answers /pony with the picture of a pony.
import { re2 } from '../config/re2.ts'
import { type CommandContext, plugin } from '../hook/plugin.ts'
import { isAnswered } from './shared/answered.ts'
import { answerOf, fieldOf, firstOf, pictureAddress, showable } from './shared/pictures.ts'

const attempts = 5
/** In one comment. */
const mostPonies = 5

async function pony(tag: string, { fetch, ...context }: CommandContext): Promise<string | undefined> {
  const address = `https://theponyapi.com/api/v1/pony/random?${new URLSearchParams({ q: tag })}`
  return firstOf(attempts, context, async () => {
    const pictures = fieldOf(await answerOf(fetch, address), 'pony', 'representations')
    const full = pictureAddress(fieldOf(pictures, 'full'))
    const small = await showable(fetch, fieldOf(pictures, 'small'))
    return full !== undefined && small !== undefined ? `[![pony image](${small})](${full})` : undefined
  })
}

async function run({ said, ...context }: CommandContext<'pony'>): Promise<void> {
  const { issue } = context
  if (await isAnswered(context, '[![pony image](')) return
  const tags = said
    .all('pony')
    .slice(0, mostPonies)
    .map(({ groups: [tag = ''] }) => tag.trim())
  const ponies: string[] = []
  for (const tag of tags) ponies.push((await pony(tag, { said, ...context })) ?? '')
  const found = ponies.filter((one) => one !== '')
  if (found.length > 0) return issue.reply(found.join('\n'))
  await issue.reply(
    tags.some((tag) => tag !== '')
      ? "Couldn't find a pony matching given tag(s)."
      : 'https://theponyapi.com appears to be down',
  )
  throw new Error(`no pony after ${attempts} attempts`)
}

export default plugin({
  name: 'pony',
  about: 'Adds the picture of a pony to an issue or pull request.',
  on: 'comment created',
  commands: [
    {
      usage: '/pony [pony]',
      about: 'Adds the picture of a pony, for which a name or other tags may be given. Up to five in one comment.',
      who: 'Anybody.',
      examples: ['/pony', '/pony Twilight Sparkle'],
      forms: { pony: re2`(?mi)^/(?:pony)(?: +(.+?))?\s*$` },
    },
  ],
  run,
})
