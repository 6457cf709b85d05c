// issue-management: links issues to pull requests, pins them, and moves them to other repositories.
import { re2 } from '../../config/re2.ts'
import { type CommandContext, plugin } from '../../hook/plugin.ts'
import { fields } from '../shared/go-text.ts'
import { changeLinks } from './link.ts'
import { pin } from './pin.ts'
import { transfer, transferCommand } from './transfer.ts'

type Form = 'link' | 'unlink' | 'pin' | 'unpin' | 'transfer'

/** Of several commands in one text only the first kind is carried out. */
async function run({ said, ...context }: CommandContext<Form>): Promise<void> {
  const named = (form: 'link' | 'unlink') => said.all(form).flatMap(({ groups: [names = ''] }) => fields(names))
  const [link, unlink] = [named('link'), named('unlink')]
  if (link.length + unlink.length > 0) return changeLinks({ link, unlink }, context)
  const isPin = said.all('pin').length > 0
  if (isPin || said.all('unpin').length > 0) return pin(isPin, context)
  if (said.all('transfer').length > 0) await transfer({ said: { ...said, form: 'transfer' }, ...context })
}

export default plugin({
  name: 'issue-management',
  about: 'Links issues to pull requests, pins issues, and moves them to other repositories of the organization.',
  on: 'comment created',
  commands: [
    {
      usage: '/link-issue <issue(s)>',
      about: 'Says in the description of a pull request which issues it fixes.',
      who: 'Members of the organization.',
      examples: ['/link-issue 1234', '/link-issue org/repo#789', '/link-issue 1234 org/repo#789'],
      forms: { link: re2`(?mi)^/link-issue\s+(.+)$` },
    },
    {
      usage: '/unlink-issue <issue(s)>',
      about: 'Takes issues out of the description again.',
      who: 'Members of the organization.',
      examples: ['/unlink-issue 1234', '/unlink-issue org/repo#789'],
      forms: { unlink: re2`(?mi)^/unlink-issue\s+(.+)$` },
    },
    {
      usage: '/pin-issue',
      about: "Pins an issue to the top of the repository's list.",
      who: 'Approvers in the top-level OWNERS file.',
      examples: ['/pin-issue'],
      forms: { pin: re2`(?mi)^/pin-issue\s*$` },
    },
    {
      usage: '/unpin-issue',
      about: 'Takes a pinned issue down.',
      who: 'Approvers in the top-level OWNERS file.',
      examples: ['/unpin-issue'],
      forms: { unpin: re2`(?mi)^/unpin-issue\s*$` },
    },
    transferCommand,
  ],
  run,
})
