// What is known of a run, as tables: the Pod's containers, and the facts of the ProwJob.
import type { ContainerDetail, JobDetail } from '../../src/deck/wire.ts'
import { duration, exact } from './durations.ts'
import { useNow } from './now.ts'

export function Containers({ detail: { containers, pod } }: { detail: JobDetail }) {
  const now = useNow()
  if (!pod.name) return null
  return (
    <section className="card">
      <h2>Pod</h2>
      <p className="small break">
        <code>{pod.name}</code>
        {pod.node && <> on {pod.node}</>}
        {pod.phase && <> · {pod.phase}</>}
        {pod.gone && <span className="muted"> · removed</span>}
      </p>
      {containers.length > 0 && (
        <table className="containers">
          <thead className="hidden">
            <tr>
              <th scope="col">Container</th>
              <th scope="col">State</th>
              <th scope="col">Time</th>
            </tr>
          </thead>
          <tbody>
            {containers.map((one) => (
              <tr key={`${one.init}${one.name}`}>
                <th scope="row">
                  {one.name}
                  {one.init && <small> init</small>}
                </th>
                <td className={`container-${tone(one)}`} title={one.reason}>
                  {words(one)}
                </td>
                <td className="number">{one.started > 0 && duration((one.finished || now) - one.started)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  )
}

function tone({ state, exitCode }: ContainerDetail): string {
  if (state !== 'terminated') return state
  return exitCode === 0 ? 'done' : 'failed'
}

function words({ state, exitCode, reason }: ContainerDetail): string {
  if (state === 'terminated') return exitCode === 0 ? 'done' : `exit ${exitCode}`
  return state === 'waiting' && reason ? (reason.split(':')[0] ?? state) : state
}

export function Facts({ detail: { job, row } }: { detail: JobDetail }) {
  const { spec, status, metadata } = job
  const refs = spec.refs ?? spec.extra_refs?.[0]
  const facts: readonly (readonly [label: string, value: string | number | undefined])[] = [
    ['Build', row.build],
    ['ProwJob', metadata.name],
    ['Type', row.type],
    ['Context', spec.context],
    ['Cluster', row.cluster],
    ['Agent', spec.agent],
    ['Base', refs && [refs.base_ref, refs.base_sha?.slice(0, 12)].filter(Boolean).join(' @ ')],
    ['Head', refs?.pulls?.map((pull) => `#${pull.number} @ ${pull.sha.slice(0, 12)}`).join(', ')],
    ['Created', exact(row.created)],
    ['Pod made', exact(row.pending)],
    ['Ended', exact(row.completed)],
    ['Timeout', spec.decoration_config?.timeout],
    ['Runs at once', spec.max_concurrency || undefined],
    ['Queue', spec.job_queue_name],
    ['Pods remade', status.pod_revival_count || undefined],
    ['Run again with', spec.rerun_command],
    ['Image', [...new Set((spec.pod_spec?.containers ?? []).map((one) => one.image))].filter(Boolean).join(', ')],
  ]
  return (
    <section className="card">
      <h2>Facts</h2>
      <dl className="facts">
        {facts.map(
          ([label, value]) =>
            value !== undefined &&
            value !== '' && (
              <div key={label}>
                <dt>{label}</dt>
                <dd className="break">{value}</dd>
              </div>
            ),
        )}
      </dl>
      <Notes title="Labels" notes={metadata.labels} />
      <Notes title="Annotations" notes={metadata.annotations} />
    </section>
  )
}

function Notes({ title, notes }: { title: string; notes: Readonly<Record<string, string>> | undefined }) {
  const all = Object.entries(notes ?? {})
  if (all.length === 0) return null
  return (
    <details>
      <summary>
        {title} <small>{all.length}</small>
      </summary>
      <dl className="facts notes">
        {all.map(([key, value]) => (
          <div key={key}>
            <dt className="break">{key}</dt>
            <dd className="break">{value}</dd>
          </div>
        ))}
      </dl>
    </details>
  )
}
