// release-note: sees to it that every pull request says what users have to know of it, or that there is nothing.
import { plugin } from '../../hook/plugin.ts'
import { commands, obey } from './commands.ts'
import { labels } from './decide.ts'
import { checkPullRequest } from './pull-request.ts'

export default plugin({
  name: 'release-note',
  about: `Reads the release-note block in the description of a pull request, and sets one of the labels '${labels.note}', '${labels.action}', '${labels.none}' and '${labels.needed}'.`,
  commands,
  handlers: { issue_comment: obey, pull_request: checkPullRequest },
  help: ({ sections }) => ({
    config: { '': `The guidelines for release notes are at ${sections.release_note?.guidelines_url}.` },
    snippet: `release_note:
  # The page that comments about missing release notes lead to.
  guidelines_url: https://example.com/release-notes
`,
  }),
})
