// Signed webhooks in the mix that a large organisation sends: mostly talk, labels and statuses, now and then a command.
import { createHmac, randomUUID } from 'node:crypto'

export const org = 'org'
export const repo = 'repo'
export const secret = 'benchmark'
/** Deliveries about one pull request are handled one after the other. */
export const pulls = 200

/** A request as GitHub sends it. */
export interface Sent {
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

const user = (login: string, id: number) => ({ login, id, type: 'User', html_url: `https://github.com/${login}` })
const repository = {
  id: 1,
  name: repo,
  full_name: `${org}/${repo}`,
  owner: user(org, 3),
  html_url: `https://github.com/${org}/${repo}`,
  default_branch: 'main',
}
const around = { repository, organization: { login: org, id: 3 }, sender: user('bob', 2) }

const subject = (number: number) => ({
  number,
  html_url: `https://github.com/${org}/${repo}/pull/${number}`,
  title: 'Say how far the beam reaches',
  body: 'The lamp hangs at 40 m. '.repeat(100),
  state: 'open',
  user: user('alice', 1),
  labels: [{ name: 'size/M' }, { name: 'sig/light' }],
  assignees: [],
})

const pull = (number: number) => ({
  ...subject(number),
  node_id: `PR_${number}`,
  draft: false,
  merged: false,
  mergeable: true,
  base: { ref: 'main', sha: 'b'.repeat(40), repo: repository },
  head: { ref: `change-${number}`, sha: 'a'.repeat(40), repo: repository, user: user('alice', 1) },
  requested_reviewers: [],
  requested_teams: [],
})

const comment = (number: number, body: string) => ({
  event: 'issue_comment',
  payload: {
    action: 'created',
    issue: { ...subject(number), pull_request: {} },
    comment: { id: number, node_id: `C_${number}`, html_url: '', user: user('bob', 2), body },
  },
})

const talk =
  'This looks right to me, but let us hear what the others think of it.\n\n> The lamp hangs at 40 m.\n\nDoes it?'

/** Events by their place in a round of twenty. */
function eventAt(place: number, number: number): { event: string; payload: object } {
  if (place < 8) return comment(number, talk)
  if (place === 8) return comment(number, number % 2 ? '/hold' : '/hold cancel')
  if (place < 12)
    return {
      event: 'pull_request',
      payload: { action: 'labeled', number, pull_request: pull(number), label: { name: 'size/M' } },
    }
  if (place === 12)
    return { event: 'pull_request', payload: { action: 'edited', number, pull_request: pull(number), changes: {} } }
  if (place < 17)
    return {
      event: 'status',
      payload: { id: 1, sha: 'a'.repeat(40), context: 'pull-1', state: 'success', description: '', target_url: '' },
    }
  return {
    event: 'check_run',
    payload: { action: 'completed', check_run: { id: 1, name: 'build', head_sha: 'a'.repeat(40) } },
  }
}

const rounds = Array.from({ length: pulls * 20 }, (_, index) => {
  const { event, payload } = eventAt(index % 20, (index % pulls) + 1)
  const body = JSON.stringify({ ...payload, ...around })
  return { event, body, signature: `sha256=${createHmac('sha256', secret).update(body).digest('hex')}` }
})

/** The request of that index; all but its id comes again after some thousands. */
export function sentAt(index: number): Sent {
  const { event, body, signature } = rounds[index % rounds.length] ?? { event: '', body: '', signature: '' }
  return {
    body,
    headers: {
      'content-type': 'application/json',
      'x-github-event': event,
      'x-github-delivery': randomUUID(),
      'x-hub-signature-256': signature,
    },
  }
}
