// sigmention: labels issues and pull requests with the special interest groups that a comment mentions.
import { compileRe2, type Match } from '../config/re2.ts'
import { htmlEscaped } from '../config/templates/escapes.ts'
import type { PluginConfig } from '../config/types.ts'
import { type ContextOf, plugin } from '../hook/plugin.ts'
import { takeAll } from './shared/steps.ts'

/** Labels by the kind of team that is mentioned. */
const kinds: Readonly<Record<string, string>> = {
  bugs: 'kind/bug',
  'feature-requests': 'kind/feature',
  'api-reviews': 'kind/api-change',
  proposals: 'kind/design',
}

/** A comment has no room for endless ones, and each team gets a mail. */
const mostRepeated = 50

/** What the mentions in a text ask for. */
export interface Mentioned {
  /** Each once, as the repository writes them. */
  readonly labels: readonly string[]
  /** The mentions of groups for which there is a label, each once. */
  readonly mentions: readonly string[]
}

/** @param matches The first group is the name of the SIG, the second, if there is one, the kind of team. */
export function mentionedIn(matches: readonly Match[], repoLabels: readonly string[]): Mentioned {
  const canonical = new Map(repoLabels.map((label) => [label.toLowerCase(), label]))
  const labels = new Set<string>()
  const mentions = new Set<string>()
  for (const { text, groups } of matches) {
    const sig = canonical.get(`sig/${groups[0] ?? ''}`.toLowerCase())
    if (sig === undefined) continue
    mentions.add(text)
    labels.add(sig)
    const kind = groups[1] ?? ''
    if (Object.hasOwn(kinds, kind)) labels.add(kinds[kind] ?? '')
  }
  return { labels: [...labels], mentions: [...mentions] }
}

async function heard({ event, issue, host, plugins, log }: ContextOf<'comment'>): Promise<void> {
  const regexp = regexpOf(plugins)
  if (event.action !== 'created' || regexp === '') return
  const matches = compileRe2(regexp).all(event.body)
  if (matches.length === 0 || (await host.isBot(event.user.login))) return
  const repoLabels = (await host.repoLabels(issue)).map(({ name }) => name)
  const { labels, mentions } = mentionedIn(matches, repoLabels)
  log.debug({ found: matches.map(({ text }) => text), mentions }, 'special interest groups are mentioned')
  await takeAll([
    ...labels.map((label) => () => issue.setLabel(label, true)),
    async () => {
      // GitHub tells teams only of mentions by members of the organisation; the bot is one.
      if (mentions.length > 0 && !(await isMember()))
        await issue.reply(
          `Reiterating the mentions to trigger a notification:\n${mentions.slice(0, mostRepeated).join(', ')}\n`,
        )
    },
  ])

  async function isMember(): Promise<boolean> {
    try {
      return await host.isMember(issue.org, event.user.login)
    } catch (err) {
      log.warn({ err }, 'cannot find out who is a member; the mentions are repeated')
      return false
    }
  }
}

const regexpOf = ({ sections }: PluginConfig): string => sections.sigmention?.regexp ?? ''

export default plugin({
  name: 'sigmention',
  about:
    "Adds the label 'sig/NAME' when a comment mentions one of the teams of a special interest group, and the label of the kind that the team is for. Mentions by people outside of the organisation are repeated, so that the team is notified.",
  handlers: { comment: heard },
  help: (plugins) => ({
    config: { '': `Mentions are found by the regular expression <code>${htmlEscaped(regexpOf(plugins))}</code>.` },
    snippet: `sigmention:
  # The first group is the SIG, the second the kind of team.
  regexp: '(?m)@my-org/sig-([\\w-]*)-(misc|bugs|feature-requests|proposals|api-reviews)'
`,
  }),
})
