// hold: keeps a pull request from merging with a label, without taking back anyone's approval.
import { github } from '../api/labels.ts'
import { re2 } from '../config/re2.ts'
import { plugin } from '../hook/plugin.ts'

export default plugin({
  name: 'hold',
  about: `The hold plugin allows anyone to add or remove the '${github.hold}' label from a pull request, which keeps the pull request from merging for now without withholding approval.`,
  on: 'comment created on a pull request',
  commands: [
    {
      usage: '/[remove-][un]hold [cancel]',
      about: `Adds or removes the \`${github.hold}\` label, which says that the PR should not be merged automatically yet.`,
      who: 'Anyone can use the /hold command to add or remove the label.',
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
