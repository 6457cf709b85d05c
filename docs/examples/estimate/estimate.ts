// estimate: says with a label how much work it is to review a pull request.
import { re2 } from '../../../src/config/re2.ts'
import { plugin } from '../../../src/hook/plugin.ts'

const sizes = ['small', 'medium', 'large']

export default plugin({
  name: 'estimate',
  contract: 1,
  about: 'Says with a label how much work it is to review a pull request.',
  on: 'comment created on an open pull request',
  commands: [
    {
      usage: '/estimate <small|medium|large|cancel>',
      about: 'Replaces the estimate, or takes it back.',
      who: 'Members of the organisation.',
      examples: ['/estimate small', '/estimate cancel'],
      forms: {
        cancel: re2`(?mi)^/estimate +cancel\s*$`,
        estimate: re2`(?mi)^/estimate +(\S+)\s*$`,
      },
    },
  ],
  async run({ said, event, pr, host }) {
    if (!(await host.isMember(pr.org, event.user.login))) return pr.reply('only members can estimate.')
    const size = said.form === 'estimate' ? said.match.groups[0]?.toLowerCase() : undefined
    if (size && !sizes.includes(size)) return pr.reply(`there is no estimate "${size}": say ${sizes.join(', ')}.`)
    for (const other of sizes) await pr.setLabel(`estimate/${other}`, other === size)
  },
})
