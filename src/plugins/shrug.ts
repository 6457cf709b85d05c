// shrug: a label for those who do not know, either.
import { re2 } from '../config/re2.ts'
import { plugin } from '../hook/plugin.ts'

const label = '¯\\_(ツ)_/¯'

export default plugin({
  name: 'shrug',
  about: `Adds and removes the label ${label}.`,
  on: 'comment created',
  commands: [
    {
      usage: '/[un]shrug',
      who: 'Anybody.',
      examples: ['/shrug', '/unshrug'],
      forms: { shrug: re2`(?mi)^/shrug\s*$`, unshrug: re2`(?mi)^/unshrug\s*$` },
    },
  ],
  async run({ said, issue }) {
    if (said.form === 'unshrug' && (await issue.hasLabel(label))) await issue.reply('¯\\\\\\_(ツ)\\_/¯')
    await issue.setLabel(label, said.form === 'shrug')
  },
})
