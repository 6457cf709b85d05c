// The code host in memory: as much of the host's search language as plugins use.
import type { FoundIssue } from '../../api/code-host.ts'
import { invalid, issueKey, type Memory, repoKey, sameText } from './state.ts'

const termPattern = /(-?)(?:([\w-]+):("[^"]*"|\S+)|"([^"]*)"|(\S+))/g

interface Term {
  readonly negated: boolean
  /** Empty for plain words. */
  readonly name: string
  readonly value: string
}

/** Of several repositories and organisations one suffices; all else has to hold. */
export function matches(memory: Memory, query: string): (hit: FoundIssue) => boolean {
  const terms = [...query.matchAll(termPattern)].map(
    ([, minus, name = '', value, quoted, word]): Term => ({
      negated: minus === '-',
      name,
      value: (value ?? quoted ?? word ?? '').replace(/^"|"$/g, ''),
    }),
  )
  const isScope = ({ negated, name }: Term) => !negated && (name === 'repo' || name === 'org')
  const scopes = terms.filter(isScope)
  const others = terms.filter((term) => !isScope(term))
  return (hit) =>
    (scopes.length === 0 || scopes.some((term) => holds(memory, term, hit))) &&
    others.every((term) => holds(memory, term, hit) !== term.negated)
}

function holds({ state }: Memory, { name, value }: Term, hit: FoundIssue): boolean {
  const pull = state.pulls.get(issueKey({ ...hit.repo, number: hit.number }))
  switch (name) {
    case '':
      return `${hit.title}\n${hit.body}`.toLowerCase().includes(value.toLowerCase()) || pull?.head.sha === value
    case 'repo':
      return sameText(repoKey(hit.repo))(value)
    case 'org':
      return sameText(hit.repo.org)(value)
    case 'author':
      return sameText(hit.user.login)(value)
    case 'label':
      return hit.labels.some(sameText(value))
    case 'base':
      return pull?.base.ref === value
    case 'archived':
      return value === 'false'
    case 'is':
    case 'type':
    case 'state':
      if (value === 'pr') return hit.isPullRequest
      if (value === 'issue') return !hit.isPullRequest
      if (value === 'merged') return pull?.merged === true
      if (value === 'open' || value === 'closed') return hit.state === value
  }
  throw invalid(`the code host in memory does not know ${name}:${value}`)
}
