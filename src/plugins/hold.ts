// hold: keeps a pull request from merging with a label, without taking back anyone's approval.
import { github } from '../api/labels.ts'
import { re2 } from '../config/re2.ts'
import { plugin } from '../hook/plugin.ts'

export default plugin({
  name: 'hold',
  about: `Adds or removes the label '${github.hold}', which says: do not merge this yet. Approvals stay as they are.`,
  on: 'comment created on a pull request',
  commands: [
    {
      usage: '/[remove-][un]hold [cancel]',
      about: `Adds or removes the label '${github.hold}'. A reason may follow.`,
      who: 'Anybody.',
      examples: ['/hold', '/hold cancel', '/unhold', '/remove-hold'],
      forms: {
        // First, because "/hold cancel" would also pass as "/hold <reason>".
        release: re2`(?mi)^/(remove-hold|hold\s+cancel|unhold)(\s.*)?$`,
        hold: re2`(?mi)^/hold(\s.*)?$`,
      },
    },
  ],
  run: ({ said, pr }) => pr.setLabel(github.hold, said.form === 'hold'),
})
