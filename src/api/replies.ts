// The shapes of the bot's answers: people skim the first line, tools look for the mention and <details>.

const guide = 'https://git.k8s.io/community/contributors/guide/pull-requests.md'
const newIssue = 'https://github.com/kubernetes-sigs/prow/issues/new?title=Prow%20issue:'

/** Says who is talking and where to ask; goes inside <details>. */
const aboutThisBot = `How to work with me through comments on pull requests is described [here](${guide}). If you have questions or suggestions about what I do, please open an issue against [kubernetes-sigs/prow](${newIssue}).`

/** As `aboutThisBot`, with the list of commands. */
export const aboutThisBotAndCommands = `${aboutThisBot} I understand the commands that are listed [here](https://go.k8s.io/bot-commands).`

/** A message to nobody in particular. */
export const simpleResponse = (message: string): string =>
  `${message}\n\n<details>\n\n${aboutThisBotAndCommands}\n</details>`

/** A message to one person; `reason` is folded away. */
export const response = (login: string, message: string, reason: string): string =>
  `@${login}: ${message}\n\n<details>\n\n${reason}\n\n${aboutThisBot}\n</details>`

/** GitHub refuses longer comments. Characters. */
const longest = 65_536

/**
 * An answer to a text that somebody wrote, quoting it. Quoted lines begin with `>`, so that no command runs twice; what would make
 * the answer too long is left out.
 */
export function replyTo(said: { login: string; body: string; html_url: string }, message: string): string {
  const answer = (quoted: string) =>
    response(said.login, message, `In response to [this](${said.html_url}):\n\n${quoted}\n`)
  const quoted = said.body
    // Markdown ends lines at a lone CR, too.
    .split(/\n|\r(?!\n)/)
    .map((line) => `>${line}`)
    .join('\n')
  const room = longest - answer('').length
  return answer(quoted.length <= room ? quoted : `${quoted.slice(0, Math.max(0, room - 2))}\n…`)
}
