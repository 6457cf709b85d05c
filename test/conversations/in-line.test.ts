// Jobs that cannot start, or not yet, or have to start again: queues, broken jobs, unknown clusters, the scheduler, retries.
import { expect } from 'vitest'
import { rerun, waitingReason } from '../../src/api/labels.ts'
import { prowJobs } from '../../src/api/prowjob.ts'
import { conversation } from '../../src/testing/conversation.ts'
import { fullName } from '../../src/testing/town.ts'

const job = (name: string, script: string, more: string) => `
    - name: ${name}
      always_run: true
      ${more}
      spec:
        containers: [{image: host, command: [sh, -c], args: [${JSON.stringify(script)}]}]`
const jobs = (...presubmits: string[]) => `presubmits:\n  ${fullName}:\n${presubmits.join('\n')}\n`

conversation(
  'jobs of one queue wait for each other, whatever their names; others do not wait',
  {
    config: 'plank: {job_queue_capacities: {pier: 1, closed: 0}}\n',
    jobs: jobs(
      job('east', 'sleep 60', 'job_queue_name: pier'),
      job('west', 'sleep 60', 'job_queue_name: pier'),
      job('never', 'true', 'job_queue_name: closed'),
      job('free', 'true', ''),
    ),
  },
  async ({ alice, jobs: runs, town }) => {
    const pr = await alice.opensPullRequest()
    await pr.hasStatus('free', 'success')
    const now = async () =>
      Object.fromEntries(
        (await town.jobs()).map(({ spec, status, metadata }) => [
          spec.job,
          metadata.annotations?.[waitingReason] ?? status.state,
        ]),
      )
    // Both came in the same second, so either may be first.
    const { east } = await town.until('one of them to start', async () => {
      const states = await now()
      return [states.east, states.west].sort().join() === 'JobQueueFull,pending' && states
    })
    const [holder, waiter] = east === 'pending' ? (['east', 'west'] as const) : (['west', 'east'] as const)
    const { metadata } = await runs(holder).is('pending')
    const at = { namespace: 'default', name: metadata.name ?? '' }
    await town.installation().kube.patch(prowJobs, at, { merge: { status: { state: 'aborted' } } })
    await runs(waiter).is('pending')
    await runs(holder).is('aborted')
    expect((await now()).never).toBe('JobQueueClosed')
    await alice.closes(pr)
    await runs(waiter).is('aborted')
    await runs('never').is('aborted')
  },
)

conversation(
  'a job that no Pod can be made for ends at once, with a red status that says why',
  {
    jobs: jobs(
      job('broken', 'true', 'decorate: true').replace(
        'spec:\n',
        'spec:\n        volumes: [{name: clonerefs-tmp, emptyDir: {}}]\n',
      ),
    ),
  },
  async ({ alice, jobs: runs }) => {
    const pr = await alice.opensPullRequest()
    await pr.hasStatus('broken', 'error', /^Pod can not be created: .*clonerefs-tmp/)
    const run = await runs('broken').is('error')
    expect(run.status.completionTime).toBeDefined()
    await runs('broken').count(1)
  },
)

conversation(
  'a job for a cluster that nobody knows ends at once, with a red status that names it',
  { jobs: jobs(job('lost', 'true', 'cluster: nowhere')) },
  async ({ alice, jobs: runs }) => {
    const pr = await alice.opensPullRequest()
    await pr.hasStatus('lost', 'error', 'no build client found for cluster')
    const { status } = await runs('lost').is('error')
    expect(status.description).toBe('Terminal error: nonretryable error: no build client found for cluster "nowhere".')
  },
)

conversation(
  'the scheduler moves jobs off a cluster that is out of service',
  {
    config: 'scheduler: {enabled: true, failover: {mappings: {nowhere: default}}}\n',
    jobs: jobs(job('moved', 'true', 'cluster: nowhere'), job('stays', 'true', '')),
  },
  async ({ alice, jobs: runs }) => {
    const pr = await alice.opensPullRequest()
    await pr.hasStatus('moved', 'success')
    await pr.hasStatus('stays', 'success')
    expect((await runs('moved').is('success')).spec.cluster).toBe('default')
  },
)

conversation(
  'a periodic that fails is tried again as often as it says',
  {
    jobs: `
periodics:
  - name: nightly
    interval: 24h
    retry: {attempts: 2, interval: 5m}
    spec: {containers: [{image: host, command: ['false']}]}
`,
  },
  async ({ clock, jobs: runs }) => {
    for (let run = 1; run <= 3; run++) {
      await runs('nightly').count(run)
      await runs('nightly').is('failure')
      await clock.advance('7m')
    }
    await clock.advance('1h')
    const all = await runs('nightly').count(3)
    expect(all.map(({ metadata }) => metadata.labels?.[rerun])).toEqual([undefined, '1', '2'])
  },
)
