// The stages of one run, with how long each took. Pure.
import type { ContainerDetail, JobRow } from '../../src/deck/wire.ts'

export interface Stage {
  readonly label: 'Waited' | 'Prepared' | 'Ran'
  /** Milliseconds since the epoch. */
  readonly from: number
  readonly to: number
  /** It goes on. */
  readonly open: boolean
}

/**
 * Waiting for a Pod, then preparing (images, clones, uploads), then the test. Stages that are not known are left out.
 * @param testContainers Names of the containers that the job's author wrote.
 */
export function stagesOf(
  row: JobRow,
  containers: readonly ContainerDetail[],
  testContainers: readonly string[],
  now: number,
): Stage[] {
  const end = row.completed || Math.max(now, row.created)
  const open = row.completed === 0
  if (row.created === 0) return []
  if (row.pending === 0) return [{ label: 'Waited', from: row.created, to: end, open }]
  const pending = Math.min(row.pending, end)
  const waited: Stage = { label: 'Waited', from: row.created, to: pending, open: false }
  const tests = containers
    .filter(({ name, init, started }) => !init && started > 0 && testContainers.includes(name))
    .map(({ started }) => started)
  if (tests.length === 0) {
    const label = containers.length > 0 && open ? 'Prepared' : 'Ran'
    return [waited, { label, from: pending, to: end, open }]
  }
  const ran = Math.min(Math.max(Math.min(...tests), pending), end)
  return [
    waited,
    { label: 'Prepared', from: pending, to: ran, open: false },
    { label: 'Ran', from: ran, to: end, open },
  ]
}
