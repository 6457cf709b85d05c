// heart: shows with a reaction that somebody's comment, or a new owner, is welcome.
import { basename } from 'node:path/posix'
import type { Reaction } from '../api/code-host.ts'
import { compileRe2 } from '../config/re2.ts'
import { htmlEscaped } from '../config/templates/escapes.ts'
import { plugin } from '../hook/plugin.ts'
import { ownersSettings } from '../owners/settings.ts'

const reactions = ['+1', 'heart', 'hooray'] as const

/** Any of them; always the same for the same comment, so that a repeated task adds no second one. */
const reactionTo = (id: number): Reaction => reactions[id % reactions.length] ?? 'heart'

export default plugin({
  name: 'heart',
  about: 'Adds a reaction to comments of certain people, and to pull requests that add to OWNERS files.',
  handlers: {
    async issue_comment({ event: { action, issue, comment }, plugins, host, pr }) {
      const { adorees = [], commentregexp = '' } = plugins.sections.heart ?? {}
      if (action !== 'created' || !issue.isPullRequest || commentregexp === '') return
      if (!adorees.includes(comment.user.login) || !compileRe2(commentregexp).test(comment.body)) return
      await host.reactToComment(pr, comment.id, reactionTo(comment.id))
    },
    async pull_request({ event, plugins, config, host, pr }) {
      if (event.action !== 'opened') return
      const { owners, owners_aliases } = ownersSettings(config, plugins, pr).filenames
      const adds = (await pr.changedFiles()).some(
        ({ filename, additions }) => additions > 0 && [owners, owners_aliases].includes(basename(filename)),
      )
      if (adds) await host.react(pr, reactionTo(pr.number))
    },
  },
  help({ sections }) {
    const { adorees = [], commentregexp = '' } = sections.heart ?? {}
    const isOn = adorees.length > 0 && commentregexp !== ''
    return {
      config: isOn
        ? { '': htmlEscaped(`Comments that match ${commentregexp} are adored when they are by ${adorees.join(', ')}.`) }
        : {},
      snippet: `heart:
  # Whose comments, and a pattern of those that get a reaction.
  adorees:
  - alice
  commentregexp: '(?i)thank'
`,
    }
  },
})
