// Page: one pull request or issue, with everything that happened to it and everything a person can do.
import { type MergeableState, mergeableState } from '../actions/mergeability.ts'
import { type Core, fullName, gitDir, isPull } from '../core.ts'
import { fileChanges, mergeBase } from '../git/read.ts'
import { newestStatuses } from '../shapes/commits.ts'
import type { CheckRun, Issue, IssueEvent, PullRequest, Repo, Status } from '../state/records.ts'
import { issueKey } from '../state/state.ts'
import { type Html, html } from './html.ts'
import { chip, people } from './layout.ts'
import { markdown } from './markdown.ts'
import { stateWord, when } from './repos.ts'

export async function pullPage(core: Core, repo: Repo, issue: Issue): Promise<Html> {
  const name = fullName(repo)
  const here = `/${name}/${isPull(issue) ? 'pull' : 'issues'}/${issue.number}`
  const labels = issue.labels.flatMap((id) => core.state.labels.get(id) ?? [])
  const state = stateWord(issue)
  return html`<p class="small"><a href="/${name}">${name}</a></p>
    <div id="head" data-live><h1>${issue.title} <span class="soft">#${issue.number}</span></h1>
    <p><span class="state ${state}">${state}</span> <span class="soft small">${issue.user} ${isPull(issue) && html`wants ${issue.pull.stats.commits} ${issue.pull.stats.commits === 1 ? 'commit' : 'commits'} from <code>${issue.pull.head.owner}:${issue.pull.head.ref}</code> in <code>${issue.pull.base.ref}</code>`}</span></p>
    <p>${labels.map(chip)}</p>
    ${issue.assignees.length > 0 && html`<p class="small soft">assigned: ${issue.assignees.join(', ')}</p>`}
    ${isPull(issue) && issue.pull.requested_reviewers.length > 0 && html`<p class="small soft">review requested: ${issue.pull.requested_reviewers.join(', ')}</p>`}</div>
    <div id="timeline" data-live>${post(issue.user, issue.created_at, issue.body ?? '')}${timeline(core, repo, issue)}</div>
    ${isPull(issue) && html`<div id="checks" data-live>${checks(core, repo, issue)}</div>`}
    <h2>Comment</h2>
    <form method="post" action="${here}/comment"><label>as ${people(core, issue.user)}</label>
      <textarea name="body" required aria-label="comment" placeholder="/lgtm, /approve, /hold, /test all …"></textarea><button class="main">Comment</button></form>
    ${isPull(issue) && forms(core, issue, here)}
    <h2>State</h2>
    <form class="inline" method="post" action="${here}/state">${people(core, issue.user)}
      <button name="to" value="closed">Close</button><button name="to" value="open">Reopen</button>
      ${isPull(issue) && html`<button name="to" value="draft">Make a draft</button><button name="to" value="ready">Ready for review</button>`}</form>
    <form class="inline" method="post" action="${here}/label">${people(core)}<input name="label" required placeholder="label" aria-label="label" list="labels">
      <datalist id="labels">${core.state.labels.of(repo.id).map((label) => html`<option value="${label.name}">`)}</datalist>
      <button name="do" value="add">Add label</button><button name="do" value="remove">Remove label</button></form>
    ${isPull(issue) && html`<h2>Files changed</h2>${await changes(core, repo, issue)}`}`
}

function forms(core: Core, pr: PullRequest, here: string): Html {
  return html`<h2>Review</h2>
    <form method="post" action="${here}/review"><label>as ${people(core)}</label><textarea name="body" aria-label="review"></textarea>
      <div class="two"><button name="event" value="APPROVE">Approve</button><button name="event" value="REQUEST_CHANGES">Request changes</button><button name="event" value="COMMENT">Comment only</button></div></form>
    <h2>Push a commit</h2>
    <form method="post" action="${here}/push"><label>as ${people(core, pr.user)}</label>
      <input name="path" required placeholder="file" aria-label="file"><textarea name="content" aria-label="content"></textarea>
      <input name="message" placeholder="Commit message" aria-label="commit message"><button>Push</button></form>
    <h2>Merge</h2>
    <form class="inline" method="post" action="${here}/merge">${people(core)}
      <select name="method" aria-label="how"><option value="merge">merge commit</option><option value="squash">squash</option><option value="rebase">rebase</option></select><button>Merge</button></form>`
}

const post = (user: string, at: string, body: string): Html =>
  html`<div class="box"><div class="head"><strong>${user}</strong> <span class="soft">${when(at)}</span></div><div class="body">${body.trim() === '' ? html`<span class="soft">no description</span>` : markdown(body)}</div></div>`

function timeline(core: Core, repo: Repo, issue: Issue): Html[] {
  const key = issueKey(repo.id, issue.number)
  const words: Readonly<Record<string, string>> = {
    APPROVED: 'approved',
    CHANGES_REQUESTED: 'requested changes',
    COMMENTED: 'reviewed',
    DISMISSED: 'had their review dismissed',
  }
  const entries: { at: string; id: number; html: Html }[] = [
    ...core.state.comments.of(key).map((comment) => ({
      at: comment.created_at,
      id: comment.id,
      html: post(comment.user, comment.created_at, comment.body),
    })),
    ...core.state.events.of(key).map((event) => ({ at: event.created_at, id: event.id, html: eventLine(core, event) })),
    ...core.state.reviews
      .of(key)
      .filter((review) => review.state !== 'PENDING')
      .map((review) => ({
        at: review.submitted_at,
        id: review.id,
        html: html`<div class="event"><strong>${review.user}</strong> ${words[review.state]} · ${when(review.submitted_at)}</div>${review.body !== '' && post(review.user, review.submitted_at, review.body)}`,
      })),
    ...core.state.reviewComments.of(key).map((comment) => ({
      at: comment.created_at,
      id: comment.id,
      html: html`<div class="box"><div class="head"><strong>${comment.user}</strong> on <code>${comment.path}</code></div><pre>${comment.diff_hunk}</pre><div class="body">${markdown(comment.body)}</div></div>`,
    })),
  ]
  // Ids count up, which orders what happened within one second.
  return entries.sort((a, b) => a.at.localeCompare(b.at) || a.id - b.id).map((entry) => entry.html)
}

function eventLine(core: Core, event: IssueEvent): Html {
  const label = event.label && [...core.state.labels.of(event.repo)].find((l) => l.name === event.label?.name)
  const what =
    event.assignee ??
    event.requested_reviewer ??
    event.milestone ??
    (event.rename ? `${event.rename.from} → ${event.rename.to}` : '')
  return html`<div class="event"><strong>${event.actor}</strong> ${event.event.replaceAll('_', ' ')} ${event.label ? chip(label ?? event.label) : what} ${event.commit_id?.slice(0, 7)} · ${when(event.created_at)}</div>`
}

const sentences: Readonly<Record<MergeableState, string>> = {
  clean: 'This branch has no conflicts with the base branch.',
  unstable: 'No conflicts, but not all statuses are green.',
  dirty: 'This branch has conflicts that must be resolved.',
  blocked: 'Merging is blocked by branch protection.',
  behind: 'This branch is out of date with the base branch.',
  draft: 'This pull request is still a draft.',
  unknown: 'Whether it can be merged is being looked at.',
}

function checks(core: Core, repo: Repo, pr: PullRequest): Html {
  const { sha } = pr.pull.head
  const statuses = newestStatuses(core, repo, sha)
  const runs = core.state.checkRuns.of(`${repo.id} ${sha}`)
  const state = mergeableState(core.state, repo, pr)
  return html`<h2>Statuses of <a href="/${fullName(repo)}/commit/${sha}"><code>${sha.slice(0, 7)}</code></a></h2>
    <div class="box">${statuses.map(statusRow)}${runs.map(runRow)}
    ${statuses.length + runs.length === 0 && html`<div class="row soft">nothing was reported yet</div>`}
    ${pr.state === 'open' && html`<div class="row ${state === 'clean' ? 'good' : state === 'dirty' || state === 'blocked' ? 'bad' : 'soft'}">${sentences[state]}</div>`}</div>`
}

const icons = { success: ['✔', 'good'], failure: ['✘', 'bad'], error: ['✘', 'bad'], pending: ['●', 'wait'] } as const

function statusRow(status: Status): Html {
  const [icon, colour] = icons[status.state]
  return row(icon, colour, status.state, status.context, status.description, status.target_url)
}

function runRow(run: CheckRun): Html {
  const state =
    run.status !== 'completed'
      ? 'pending'
      : ['success', 'neutral', 'skipped'].includes(run.conclusion ?? '')
        ? 'success'
        : 'failure'
  const [icon, colour] = icons[state]
  return row(icon, colour, run.conclusion ?? run.status, run.name, run.output.title, run.details_url)
}

function row(
  icon: string,
  colour: string,
  word: string,
  name: string,
  description: string | null,
  url: string | null,
): Html {
  return html`<div class="row"><span class="${colour}" title="${word}">${icon}</span><span class="grow"><strong>${name}</strong> <span class="soft">${description}</span></span>
    ${url !== null && /^https?:\/\//.test(url) && html`<a href="${url}">Details</a>`}</div>`
}

async function changes(core: Core, repo: Repo, pr: PullRequest): Promise<Html> {
  const dir = gitDir(core, repo)
  const { base, head } = pr.pull
  const files = await fileChanges(dir, (await mergeBase(dir, base.sha, head.sha)) ?? base.sha, head.sha)
  return html`${files.slice(0, 100).map((file) => html`<details><summary><code>${file.previous_filename && `${file.previous_filename} → `}${file.filename}</code> <span class="add">+${file.additions}</span> <span class="del">−${file.deletions}</span></summary>${patch(file.patch ?? '')}</details>`)}
    ${files.length > 100 && html`<p class="soft">and ${files.length - 100} more</p>`}`
}

/** A unified diff with its lines coloured. */
export function patch(text: string): Html {
  const kind = (line: string): string =>
    line.startsWith('@@') ? 'hunk' : line.startsWith('+') ? 'add' : line.startsWith('-') ? 'del' : ''
  return html`<pre>${text.split('\n').map((line) => html`<span class="${kind(line)}">${line}</span>\n`)}</pre>`
}
