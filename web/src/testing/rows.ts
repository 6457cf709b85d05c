// Rows for tests of the pages: only what a test cares about has to be said.
import type { JobRow } from '../../../src/deck/wire.ts'

export const row = (given: Partial<JobRow> & { name: string }): JobRow => ({
  job: 'pull-app-test',
  type: 'presubmit',
  state: 'success',
  build: '1948764332938473472',
  cluster: 'default',
  org: 'sample',
  repo: 'app',
  repoLink: 'https://github.com/sample/app',
  base: 'main',
  pulls: [{ number: 7, author: 'alice', title: 'Add a bowsprit', link: '', sha: 'abcdef1' }],
  created: 1000,
  pending: 2000,
  completed: 9000,
  description: 'Job succeeded.',
  reason: '',
  since: 0,
  next: '',
  ...given,
})
