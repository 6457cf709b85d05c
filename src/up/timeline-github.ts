// The timeline's sentences about pull requests. Pure.
import type { PullView } from '../simulator/world.ts'

const icons: Readonly<Record<string, string>> = { success: '✓', failure: '✗', error: '✗', pending: '•' }

/** What a change of a pull request says, oldest first. */
export function pullLines(before: PullView | undefined, now: PullView): string[] {
  const name = `${now.repo}#${now.number}`
  const lines: string[] = []
  if (!before) lines.push(`${now.author} opened ${name} "${now.title}"`)
  for (const { user, body } of now.comments.slice(before?.comments.length ?? 0)) {
    lines.push(`${user} commented on ${name}: ${gist(body)}`)
  }
  for (const label of now.labels.filter((label) => !before?.labels.includes(label)))
    lines.push(`${name} got the label ${label}`)
  for (const label of before?.labels.filter((label) => !now.labels.includes(label)) ?? [])
    lines.push(`${name} lost the label ${label}`)
  if (before && before.head.sha !== now.head.sha) lines.push(`${name} got a new commit ${now.head.sha.slice(0, 7)}`)
  for (const [context, { state, description }] of Object.entries(now.statuses)) {
    const old = before?.statuses[context]
    if (old?.state === state && old.description === description) continue
    lines.push(`${icons[state] ?? ''} status ${context} of ${name}: ${state}${said(description)}`)
  }
  if (now.merged && !before?.merged) lines.push(`${name} was merged`)
  else if (now.state === 'closed' && before?.state === 'open') lines.push(`${name} was closed`)
  return lines
}

/** The description without the part that is for machines. */
function said(description: string | null): string {
  const text = description?.replace(/\s*BaseSHA:\w*$/i, '').trim()
  return text ? `, ${text}` : ''
}

/** Commands if there are some, else the first line; short enough for one line. */
function gist(body: string): string {
  const lines = body.split(/\r?\n/).map((line) => line.trim())
  const commands = lines.filter((line) => line.startsWith('/'))
  const text = commands.length > 0 ? commands.join(' ') : (lines.find((line) => line !== '') ?? '')
  return text.length > 80 ? `${text.slice(0, 79)}…` : text
}
