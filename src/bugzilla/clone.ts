// Clones of bugs: what is copied, and how the description tells of the original.
import { type Bug, type BugComment, type Fields, fieldsOf, listOf } from './bug.ts'

/** Fields that are copied as they are. The alias is not: Bugzilla gives it to one bug only. */
const copied = [
  'assigned_to',
  'cc',
  'component',
  'groups',
  'keywords',
  'op_sys',
  'platform',
  'priority',
  'product',
  'qa_contact',
  'severity',
  'summary',
  'target_milestone',
  'version',
] as const

const mostBytes = 65_535
const ellipsis = '...'

/** Fields of the new bug. @param original Its fields, as Bugzilla gives them. */
export function cloneOf(original: Fields, subComponents: unknown, comments: readonly BugComment[]): Fields {
  const fields = Object.fromEntries(copied.flatMap((name) => (original[name] ? [[name, original[name]]] : [])))
  const flags = listOf(original.flags).map(({ name, status, requestee }) => ({
    name,
    status,
    ...(requestee !== undefined && { requestee }),
  }))
  return {
    ...fields,
    ...(flags.length > 0 && { flags }),
    ...(Object.keys(fieldsOf(subComponents)).length > 0 && { sub_components: subComponents }),
    depends_on: [original.id],
    description: descriptionOf(Number(original.id), comments),
    comment_is_private: comments.some(({ is_private }) => is_private),
  }
}

function descriptionOf(original: number, comments: readonly BugComment[]): string {
  const parts = comments.map(({ creator, time, text }) => `--- Comment from ${creator} at ${utc(time)} ---\n\n${text}`)
  const whole = [`+++ This bug was initially created as a clone of Bug #${original} +++`, ...parts].join('\n\n')
  const bytes = Buffer.from(whole)
  if (bytes.length <= mostBytes) return whole
  // The cut may go through a character.
  const kept = new TextDecoder().decode(bytes.subarray(0, mostBytes - ellipsis.length), { stream: true })
  return `${kept}${ellipsis}`
}

function utc(time: string): string {
  const at = Date.parse(time)
  return Number.isNaN(at) ? 'an unknown time' : `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`
}

/** Whether a bug that another one blocks is a clone of it. */
export const isClone = (original: Pick<Bug, 'summary'>, { summary }: Pick<Bug, 'summary'>): boolean =>
  summary === original.summary
