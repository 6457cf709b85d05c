// Pushes start postsubmits.
import { eventGuid } from '../../api/labels.ts'
import type { Refs } from '../../api/prowjob.ts'
import type { ContextOf, PushEvent } from '../../hook/plugin.ts'
import { newPostsubmit } from '../../jobs/build.ts'
import { postsubmitsFor } from '../../jobs/decide.ts'
import { affordable, allOf, postsubmitsAt } from './in-repo.ts'

export async function pushed({ event, ...task }: ContextOf<'push'>): Promise<void> {
  if (event.deleted || /^0{40}$/.test(event.after)) return
  const { config, clock, delivery, jobs } = task
  const considered = await postsubmitsAt(event.repo, event.after, task)
  const postsubmits = allOf(await affordable(considered, 'paths', async () => filesOf(event), task))
  const change = { branch: event.branch, changes: async () => filesOf(event) }
  const refs = refsOf(event)
  const failures: unknown[] = []
  for (const job of await postsubmitsFor(postsubmits, change)) {
    const labels = { [eventGuid]: delivery.id }
    const made = newPostsubmit(job, refs, { config, now: clock.now(), name: '', labels })
    await jobs.create(made).catch((error: unknown) => failures.push(error))
  }
  if (failures.length > 0) throw new AggregateError(failures, `cannot start ${failures.length} jobs`)
}

/** Every path that a commit of the push touches. */
const filesOf = ({ commits }: Pick<PushEvent, 'commits'>): string[] => [
  ...new Set(commits.flatMap(({ added, removed, modified }) => [...added, ...removed, ...modified])),
]

const refsOf = ({ repo, branch, after, compare }: PushEvent): Refs => ({
  org: repo.org,
  repo: repo.repo,
  repo_link: repo.html_url,
  base_ref: branch,
  base_sha: after,
  base_link: compare,
})
