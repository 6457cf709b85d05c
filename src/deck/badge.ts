// /badge.svg: the newest results of some jobs as one small picture.
import type { ProwJob } from '../api/prowjob.ts'

export interface Badge {
  readonly text: string
  readonly color: string
}

const red = '#e05d44'
const green = '#4c1'
const grey = '#9f9f9f'

/**
 * @param jobs Newest first.
 * @param globs Comma list of shell patterns of job names.
 */
export function badgeOf(jobs: readonly ProwJob[], globs: string): Badge {
  const patterns = globs.split(',')
  const newest = new Map<string, ProwJob>()
  for (const job of jobs) {
    const name = job.spec.job
    if (!newest.has(name) && patterns.some((pattern) => globMatches(name, pattern))) newest.set(name, job)
  }
  if (newest.size === 0) return { text: 'no results', color: grey }
  const failing = [...newest.values()].filter((job) => job.status.state === 'failure').map((job) => job.spec.job)
  if (failing.length === 0) return { text: 'passing', color: green }
  const shown = failing.sort().slice(0, 3)
  return { text: `failing ${[...shown, ...(failing.length > 3 ? ['...'] : [])].join(', ')}`, color: red }
}

/** Shell patterns: `*` and `?` stop at a slash, `[…]` is a class. A malformed one matches nothing. */
function globMatches(name: string, pattern: string): boolean {
  let source = ''
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern[at] ?? ''
    if (char === '*') source += '[^/]*'
    else if (char === '?') source += '[^/]'
    else if (char === '[') {
      const end = pattern.indexOf(']', at + 2)
      if (end < 0) return false
      const inner = pattern.slice(at + 1, end).replace(/[\\[\]]/g, '\\$&')
      source += `[${inner}]`
      at = end
    } else if (char === '\\') {
      const next = pattern[++at]
      if (next === undefined) return false
      source += literal(next)
    } else source += literal(char)
  }
  try {
    return new RegExp(`^(?:${source})$`, 's').test(name)
  } catch {
    return false // a class such as [z-a]
  }
}

const literal = (char: string): string => char.replace(/[\\^$.*+?()[\]{}|/]/, '\\$&')

/** The picture: 20 pixels high, shields.io's look. */
export function badgeSvg({ text, color }: Badge): string {
  const subject = 'build'
  const left = 13 + 6 * Buffer.byteLength(subject)
  const right = 13 + 6 * Buffer.byteLength(text)
  const width = left + right
  const label = (words: string, x: number) =>
    `<text x="${x}" y="15" fill="#010101" fill-opacity=".3">${escapeXml(words)}</text><text x="${x}" y="14">${escapeXml(words)}</text>`
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="20" role="img" aria-label="${escapeXml(`${subject}: ${text}`)}">` +
    '<linearGradient id="a" x2="0" y2="100%"><stop offset="0" stop-color="#bbb" stop-opacity=".1"/><stop offset="1" stop-opacity=".1"/></linearGradient>' +
    `<rect rx="3" width="${width}" height="20" fill="#555"/>` +
    `<rect rx="3" x="${left}" width="${right}" height="20" fill="${color}"/>` +
    `<path fill="${color}" d="M${left} 0h4v20h-4z"/><rect rx="3" width="${width}" height="20" fill="url(#a)"/>` +
    `<g fill="#fff" text-anchor="middle" font-family="DejaVu Sans,Verdana,Geneva,sans-serif" font-size="11">` +
    `${label(subject, left / 2)}${label(text, left + (right - 2) / 2)}</g></svg>`
  )
}

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' }
const escapeXml = (text: string): string => text.replace(/[&<>"']/g, (char) => escapes[char] ?? '')
