// The text forms of refs, as Prow prints them.
import type { Refs } from './prowjob.ts'

/** `main:sha,7:sha,8:sha:ref`; a colon stands behind the number even when no SHA is known. */
export function refsText(refs: Refs): string {
  const base = refs.base_sha ? `${refs.base_ref ?? ''}:${refs.base_sha}` : (refs.base_ref ?? '')
  const pulls = (refs.pulls ?? []).map((pull) => `${pull.number}:${pull.sha}${pull.ref ? `:${pull.ref}` : ''}`)
  return [base, ...pulls].join(',')
}

/** `org/repo`. For Gerrit the org is an address. */
export const orgRepo = (refs: Pick<Refs, 'org' | 'repo'>): string => `${refs.org}/${refs.repo}`
