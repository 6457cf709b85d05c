// What the forms of the pages do. Each goes through World, and so sends the same webhooks as REST.
import { Refusal } from '../errors.ts'
import type { World } from '../world.ts'

/** Fields of a form; a missing one is empty. */
export type Form = (field: string) => string

// Browsers send line ends as CRLF; files have LF, comments keep theirs as on GitHub.
const fileText = (text: string): string => `${text.replace(/\r\n/g, '\n').replace(/\n+$/, '')}\n`

/** Opens a pull request and returns its page. */
export async function openPull(world: World, repo: string, form: Form): Promise<string> {
  const pr = await world.openPullRequest({
    repo,
    author: form('by'),
    title: form('title'),
    body: form('body'),
    files: { [form('path')]: fileText(form('content')) },
    draft: form('draft') === 'on',
    ...(form('base') ? { base: form('base') } : {}),
  })
  return `/${repo}/pull/${pr.number}`
}

/** Opens an issue and returns its page. */
export function openIssue(world: World, repo: string, form: Form): string {
  return `/${repo}/issues/${world.openIssue({ repo, author: form('by'), title: form('title'), body: form('body') })}`
}

/** One act on a pull request or issue. */
export async function act(world: World, repo: string, number: number, name: string, form: Form): Promise<void> {
  const on = { repo, number, by: form('by') }
  switch (name) {
    case 'comment':
      world.comment({ repo, number, author: on.by, body: form('body') })
      return
    case 'review': {
      const event = (['APPROVE', 'REQUEST_CHANGES', 'COMMENT'] as const).find((word) => word === form('event'))
      if (!event) throw new Refusal(422, 'a review approves, requests changes or comments')
      await world.review({ repo, number, author: on.by, event, body: form('body') })
      return
    }
    case 'push': {
      const message = form('message')
      const files = { [form('path')]: fileText(form('content')) }
      await world.push({ repo, number, author: on.by, files, ...(message ? { message } : {}) })
      return
    }
    case 'merge': {
      const method = (['merge', 'squash', 'rebase'] as const).find((word) => word === form('method'))
      await world.merge({ ...on, ...(method ? { method } : {}) })
      return
    }
    case 'state':
      return changeState(world, on, form('to'))
    case 'label':
      if (form('do') === 'remove') world.removeLabel({ ...on, label: form('label') })
      else world.addLabel({ ...on, label: form('label') })
      return
    default:
      throw new Refusal(404, `there is nothing to do by the name ${name}`)
  }
}

async function changeState(world: World, on: { repo: string; number: number; by: string }, to: string): Promise<void> {
  if (to === 'draft' || to === 'ready') world.setDraft({ ...on, draft: to === 'draft' })
  else if (to === 'open' || to === 'closed') await world.setState({ ...on, state: to })
  else throw new Refusal(422, `${to} is not a state`)
}
