// slackevents: tells channels of Slack when somebody pushes past the merge automation, and when a SIG is mentioned.
import { compileRe2 } from '../config/re2.ts'
import { sigMention } from '../config/sections/plugins/people.ts'
import type { PluginConfig } from '../config/types.ts'
import { entryFor, type PushEvent, plugin } from '../hook/plugin.ts'
import { normLogin } from '../owners/parse.ts'
import { plainText, SlackError } from '../slack/slack.ts'

// Not what sigmention is configured to.
const mention = compileRe2(sigMention)

type MergeWarning = NonNullable<NonNullable<PluginConfig['sections']['slack']>['mergewarnings']>[number]

/** Whether nobody is told of a push: because of who pushed, or of who pushed to that branch. */
export function isExempt(
  { pusher, sender, branch }: Pick<PushEvent, 'pusher' | 'sender' | 'branch'>,
  { exempt_users, exempt_branches }: Pick<MergeWarning, 'exempt_users' | 'exempt_branches'>,
): boolean {
  const onBranch = Object.hasOwn(exempt_branches, branch) ? (exempt_branches[branch] ?? []) : []
  const exempt = [...exempt_users, ...onBranch].map(normLogin)
  return [pusher, sender.login].some((login) => exempt.includes(normLogin(login)))
}

type Pushed = Pick<PushEvent, 'created' | 'deleted' | 'forced' | 'commits' | 'branch' | 'compare' | 'sender'>

/** What is said of a push. */
export function warningOf({ created, deleted, forced, commits, branch, compare, sender }: Pushed): string {
  const to = `${plainText(branch)}: ${plainText(compare)}`
  const shown = `(${plainText(branch)}): ${plainText(compare)}`
  const merged = `merged ${commits.length} commit(s) into ${to}`
  const did = created
    ? `pushed a new branch ${shown}`
    : deleted
      ? `deleted a branch ${shown}`
      : forced
        ? `*force* ${merged}`
        : `manually ${merged}`
  return `*Warning:* ${sender.login} (<@${sender.login}>) ${did}`
}

/** SIGs that a text mentions, each once. */
export const mentionedSigs = (text: string): readonly string[] => [
  ...new Set(mention.all(text).map(({ groups: [name] }) => `sig-${name}`)),
]

/** Posts to one channel after the other. What has been posted is not posted again: then a failure is final. */
async function postAll(channels: readonly string[], post: (channel: string) => Promise<void>): Promise<void> {
  for (const [index, channel] of channels.entries()) {
    try {
      await post(channel)
    } catch (error) {
      if (index === 0 || !(error instanceof SlackError)) throw error
      throw new Error(`${error.message}; ${index} of ${channels.length} channels have been told`)
    }
  }
}

export default plugin({
  name: 'slackevents',
  about: 'Tells channels of Slack of pushes that no merge automation made, and of mentions of SIGs.',
  handlers: {
    async push({ event, plugins, slack }) {
      const entry = entryFor(plugins.sections.slack?.mergewarnings ?? [], event.repo)
      if (!slack || !entry || isExempt(event, entry)) return
      await postAll(entry.channels, (channel) => slack.post(channel, warningOf(event)))
    },
    async comment({ event, plugins, host, slack }) {
      const channels = plugins.sections.slack?.mentionchannels ?? []
      if (!slack || event.action !== 'created' || channels.length === 0) return
      const sigs = mentionedSigs(event.body).filter((sig) => channels.includes(sig))
      if (sigs.length === 0 || (await host.isBot(event.user.login))) return
      const { login } = event.user
      await postAll(sigs, (sig) =>
        slack.post(
          sig,
          `${sig} was mentioned by ${login} (<@${login}>) on GitHub. (${event.html_url})\n>>>${plainText(event.body)}`,
        ),
      )
    },
  },
  help({ sections }, repos) {
    const { mentionchannels = [], mergewarnings = [] } = sections.slack ?? {}
    const ofRepo = (name: string) => {
      const [org = '', repo = ''] = name.split('/')
      const entry = entryFor(mergewarnings, { org, repo })
      if (!entry) return 'Nobody is told of pushes by hand.'
      const exempt = entry.exempt_users.length > 0 ? `, unless they are by ${entry.exempt_users.join(', ')}` : ''
      return `Pushes by hand are told to the Slack channels ${entry.channels.join(', ')}${exempt}.`
    }
    return {
      config: {
        '': `Mentions of SIGs are told to the Slack channels ${mentionchannels.join(', ') || '(none)'}.`,
        ...Object.fromEntries(repos.map((name) => [name, ofRepo(name)])),
      },
      snippet: `slack:
  # Channels named like the SIG; the others hear nothing.
  mentionchannels:
  - sig-testing
  mergewarnings:
  - repos:
    - my-org/my-repo
    channels:
    - merges
    exempt_users:
    - merge-bot
    exempt_branches:
      release-1.0:
      - release-manager
`,
    }
  },
})
