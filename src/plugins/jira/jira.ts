// jira: keys of Jira's issues become links, and the issues get links to where they are named.
import type { CodeHost } from '../../api/code-host.ts'
import { type CommentEvent, type ContextOf, plugin, type Thread } from '../../hook/plugin.ts'
import type { Jira, RemoteObject } from '../../jira/jira.ts'
import { takeAll } from '../shared/steps.ts'
import { keysIn, withLinks } from './keys.ts'

/** GitHub takes no longer texts. */
const longestText = 65_536

async function comment({ event, issue, plugins, host, jira, log }: ContextOf<'comment'>): Promise<void> {
  if (!jira) return log.warn('no --jira-endpoint, so nothing is done')
  if (event.action === 'deleted') return
  const projects = await jira.projects()
  const disabled = plugins.sections.jira?.disabled_jira_projects ?? []
  const keys = keysIn(event.body, event.issue.title, { projects, disabled })
  const ids = new Map<string, string>()

  const find = async (key: string) => {
    const id = await jira.issueId(key)
    if (id !== undefined) ids.set(key, id)
  }
  const linkBack = async () => {
    for (const id of new Set(ids.values())) {
      try {
        await link(id, objectFor(event), jira)
      } catch (err) {
        log.error({ err, issue: id }, 'cannot link an issue of Jira to where it is named')
      }
    }
  }
  const linkThere = async () => {
    const linked = (text: string) => withLinks(text, new Set(ids.keys()), jira.endpoint)
    if (linked(event.body) !== event.body) await rewrite(event, issue, host, linked)
  }
  await takeAll([...keys.map((key) => () => find(key)), linkBack, linkThere])
}

const objectFor = ({ html_url, repo: { org, repo }, issue: { number, title } }: CommentEvent): RemoteObject => ({
  url: html_url.replace(/#.*$/s, ''),
  title: `${org}/${repo}#${number}: ${title}`,
  icon: { url16x16: 'https://github.com/favicon.ico', title: 'GitHub' },
})

/** Of the links that are there the first one to the same place decides. */
async function link(issue: string, object: RemoteObject, jira: Jira): Promise<void> {
  const there = (await jira.remoteLinks(issue)).find((one) => one.object.url === object.url)
  if (!there) await jira.addRemoteLink(issue, object)
  else if (there.object.title !== object.title) await jira.updateRemoteLink(issue, { id: there.id, object })
}

/** Changes the text as it is now: its author may have edited it meanwhile. */
async function rewrite(
  { source, comment_id: id }: CommentEvent,
  issue: Thread,
  host: CodeHost,
  linked: (text: string) => string,
): Promise<void> {
  if (id === undefined) {
    const { body } = await host.issue(issue)
    const wanted = linked(body)
    if (wanted !== body && wanted.length <= longestText) await host.edit(issue, { body: wanted })
    return
  }
  const onLine = source === 'pull_request_review_comment'
  const now = (await (onLine ? host.reviewComments(issue) : issue.comments())).find((one) => one.id === id)
  const wanted = linked(now?.body ?? '')
  if (!now || wanted === now.body || wanted.length > longestText) return
  await (onLine ? host.editReviewComment(issue, id, wanted) : host.editComment(issue, id, wanted))
}

export default plugin({
  name: 'jira',
  about: 'Links issues of Jira that a text or a title names, and links back from there to the issue or pull request.',
  handlers: { comment },
  help: () => ({
    snippet: `jira:
  # Issues of these projects are not linked.
  disabled_jira_projects:
  - TEST
`,
  }),
})
