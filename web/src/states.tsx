// How states look: a sign and a word, never a colour alone.
import type { ReactNode } from 'react'
import type { JobState } from '../../src/api/prowjob.ts'

/** What each state means, for people who meet it for the first time. */
const meaning: Readonly<Record<JobState, string>> = {
  scheduling: 'A build cluster has yet to be chosen.',
  triggered: 'The job was created; its Pod was not.',
  pending: 'The Pod exists: it starts or runs.',
  success: 'The test passed.',
  failure: 'The test failed.',
  aborted: 'Somebody or something stopped the job.',
  error: 'The job could not be run properly; the test said nothing.',
}

const signs: Readonly<Record<JobState, ReactNode>> = {
  scheduling: <path d="M4.500 8h.01M8 8h.01M11.500 8h.01" strokeWidth="2.400" />,
  triggered: <path d="M8 4.500V8l2.300 1.500" />,
  pending: <path d="M8 1.800A6.200 6.200 0 0 1 14.200 8" strokeWidth="2.200" />,
  success: <path d="m5 8.200 2.100 2.100L11.200 6" />,
  failure: <path d="m5.700 5.700 4.600 4.600m0-4.600-4.600 4.600" />,
  aborted: <path d="M5 8h6" />,
  error: <path d="M8 4.500v4M8 11.200h.01" />,
}

/** The sign of a state. Says nothing to screen readers: the word beside it does. */
export function StateSign({ state }: { state: JobState }) {
  return (
    <svg className={`sign sign-${state}`} viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      <circle cx="8" cy="8" r="6.200" className={state === 'pending' ? 'track' : undefined} />
      {signs[state]}
    </svg>
  )
}

export function StateBadge({ state, title }: { state: JobState; title?: string }) {
  return (
    <span className={`badge state-${state}`} title={title ?? meaning[state]}>
      <StateSign state={state} />
      {state}
    </span>
  )
}
