// Pages: the list of repositories, and one repository with its pull requests and the form that opens one.
import { permissionOf } from '../actions/permissions.ts'
import { type Core, fullName, gitDir, isPull } from '../core.ts'
import { isoTime, listTree } from '../git/read.ts'
import { openCounts, repoPage } from '../shapes/repos.ts'
import type { Issue, Repo } from '../state/records.ts'
import { type Html, html } from './html.ts'
import { chip, people } from './layout.ts'

/** All repositories, those of one owner when given. */
export function repoListPage(core: Core, owner?: string): Html {
  const repos = [...core.state.repos.all()].filter(
    (repo) => owner === undefined || repo.owner.toLowerCase() === owner.toLowerCase(),
  )
  const row = (repo: Repo): Html => {
    const { pulls, issues } = openCounts(core, repo)
    return html`<div class="row"><span class="grow"><a href="/${fullName(repo)}">${fullName(repo)}</a>
      ${repo.parent !== null && html`<span class="soft small">fork</span>`} ${repo.private && html`<span class="soft small">private</span>`}
      <span class="soft small">${repo.description}</span></span>
      <span class="soft small">${pulls} open pull requests · ${issues} open issues</span></div>`
  }
  const [own, forks] = [repos.filter((repo) => repo.parent === null), repos.filter((repo) => repo.parent !== null)]
  return html`<h1>${owner ?? 'Repositories'}</h1>
    <p class="soft">A GitHub for trying things out: open a pull request as anybody, and watch what automation makes of it.</p>
    <div id="repos" data-live><div class="box">${own.map(row)}</div>${forks.length > 0 && html`<h2>Forks</h2><div class="box">${forks.map(row)}</div>`}</div>`
}

/** One repository. */
export async function repoPageOf(core: Core, repo: Repo): Promise<Html> {
  const issues = core.state.issues.of(repo.id).toReversed()
  const tip = repo.refs[`refs/heads/${repo.default_branch}`]
  const files = tip
    ? (await listTree(gitDir(core, repo), tip, [], true)).filter((entry) => entry.type === 'blob').slice(0, 300)
    : []
  const branches = Object.keys(repo.refs)
    .filter((ref) => ref.startsWith('refs/heads/'))
    .map((ref) => ref.slice('refs/heads/'.length))
  const [open, closed] = [
    issues.filter((issue) => issue.state === 'open'),
    issues.filter((issue) => issue.state === 'closed'),
  ]
  const name = fullName(repo)
  const readers = permissionOf(core.state, repo, null) ? 'everybody' : 'its collaborators'
  return html`<h1><a href="/${repo.owner}">${repo.owner}</a> / ${repo.name}</h1>
    <p class="soft small">Read by ${readers}. <code>git clone ${repoPage(core, repo)}.git</code> · ${branches.length} branches</p>
    <div id="issues" data-live><h2>Open</h2><div class="box">${open.map((issue) => issueRow(core, repo, issue))}${open.length === 0 && html`<div class="row soft">nothing is open</div>`}</div>
    ${closed.length > 0 && html`<details><summary>${closed.length} closed</summary><div class="box">${closed.map((issue) => issueRow(core, repo, issue))}</div></details>`}</div>
    <h2>Open a pull request</h2>
    <form method="post" action="/${name}/pulls">
      <div class="two"><label>as ${people(core)}</label><label>into <select name="base">${branches.toSorted((a, b) => Number(b === repo.default_branch) - Number(a === repo.default_branch)).map((branch) => html`<option>${branch}</option>`)}</select></label></div>
      <input name="title" required placeholder="Title" aria-label="title">
      <textarea name="body" placeholder="Description" aria-label="description"></textarea>
      <input name="path" list="files" required placeholder="File to write, e.g. docs/hello.md" aria-label="file">
      <datalist id="files">${files.map((entry) => html`<option value="${entry.path}">`)}</datalist>
      <textarea name="content" placeholder="Its new content" aria-label="content"></textarea>
      <label><input type="checkbox" name="draft" value="on"> as a draft</label>
      <button class="main">Open pull request</button>
    </form>
    <h2>Open an issue</h2>
    <form method="post" action="/${name}/issues"><label>as ${people(core)}</label>
      <input name="title" required placeholder="Title" aria-label="title"><textarea name="body" aria-label="text"></textarea><button>Open issue</button></form>
    <h2>Files</h2>
    <details><summary>${files.length} files on ${repo.default_branch}</summary><ul>${files.map((entry) => html`<li><a href="/${name}/blob/${repo.default_branch}/${entry.path}">${entry.path}</a></li>`)}</ul></details>`
}

function issueRow(core: Core, repo: Repo, issue: Issue): Html {
  const labels = issue.labels.flatMap((id) => core.state.labels.get(id) ?? [])
  return html`<div class="row"><span class="grow"><a href="/${fullName(repo)}/${isPull(issue) ? 'pull' : 'issues'}/${issue.number}">${issue.title}</a> ${labels.map(chip)}</span>
    <span class="soft small">${stateWord(issue)} · #${issue.number} by ${issue.user}</span></div>`
}

/** What people call the state of an issue or pull request. */
export function stateWord(issue: Issue): 'open' | 'closed' | 'merged' | 'draft' {
  if (issue.pull?.merged_at) return 'merged'
  return issue.state === 'open' && issue.pull?.draft ? 'draft' : issue.state
}

/** A time for people. */
export const when = (time: string): Html =>
  html`<time datetime="${time}">${isoTime(Date.parse(time)).replace('T', ' ').replace('Z', ' UTC')}</time>`
