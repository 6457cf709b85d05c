// trick-or-treat: answers with a picture of sweets.
import { re2 } from '../config/re2.ts'
import { plugin } from '../hook/plugin.ts'
import { isAnswered } from './shared/answered.ts'
import { firstOf, showable } from './shared/pictures.ts'

const attempts = 9
const commons = 'https://upload.wikimedia.org/wikipedia/commons'
const candies = [
  `${commons}/5/56/Candy-Corn.jpg`,
  `${commons}/1/10/Candy_in_Damascus.jpg`,
  `${commons}/a/a2/Jack-o%27-Lantern_2003-10-31.jpg`,
  `${commons}/e/e5/Plain-M%26Ms-Pile.jpg`,
  `${commons}/c/ca/Skittles-Louisiana-2003.jpg`,
  `${commons}/6/66/Gummy_bears.jpg`,
]

export default plugin({
  name: 'trick-or-treat',
  about: 'Adds a picture of sweets to an issue or pull request.',
  on: 'comment created',
  commands: [
    {
      usage: '/trick-or-treat',
      who: 'Anybody.',
      examples: ['/trick-or-treat'],
      forms: { treat: re2`(?mi)^/trick(\-)?or(\-)?treat(?: (.+))?\s*$` },
    },
  ],
  async run({ fetch, ids, ...context }) {
    if (await isAnswered(context, '![candy image](')) return
    const candy = await firstOf(attempts, context, () =>
      showable(fetch, candies[Math.floor(ids.fraction() * candies.length)]),
    )
    if (candy === undefined) throw new Error(`no sweets after ${attempts} attempts`)
    await context.issue.reply(`![candy image](${candy})`)
  },
})
