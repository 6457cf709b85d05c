// yuks: answers /joke with a joke.
import { re2 } from '../config/re2.ts'
import { plugin } from '../hook/plugin.ts'
import { isAnswered } from './shared/answered.ts'
import { answerOf, fieldOf, firstOf } from './shared/pictures.ts'

const attempts = 5
const longest = 2000
/** By this a repeated task knows that it has told one already. */
const mark = '<!-- joke -->'

/** A joke as plain text in Markdown: nothing in it is markup, or mentions anybody. */
export const harmless = (joke: string): string =>
  joke.replace(/[^\w?'!., ]/gu, (character) => {
    const code = `&#${character.codePointAt(0)};`
    // The code alone becomes an at-sign before GitHub looks for mentions.
    return character === '@' ? `${code}&#8203;` : code
  })

export default plugin({
  name: 'yuks',
  about: 'Tells a joke on an issue or pull request.',
  on: 'comment created',
  commands: [{ usage: '/joke', who: 'Anybody.', examples: ['/joke'], forms: { joke: re2`(?mi)^/joke\s*$` } }],
  async run({ fetch, ...context }) {
    if (await isAnswered(context, mark)) return
    const joke = await firstOf(attempts, context, async () => {
      const found = fieldOf(await answerOf(fetch, 'https://icanhazdadjoke.com'), 'joke')
      return typeof found === 'string' && found !== '' && found.length <= longest ? found : undefined
    })
    if (joke === undefined) throw new Error(`no joke after ${attempts} attempts`)
    await context.issue.reply(`${harmless(joke)}\n${mark}`)
  },
})
