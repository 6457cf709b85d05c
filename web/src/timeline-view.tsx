// The stages of a run as a bar, to scale.
import type { JobDetail } from '../../src/deck/wire.ts'
import { duration, exact } from './durations.ts'
import { useNow } from './now.ts'
import { stagesOf } from './timeline.ts'

export function Timeline({ detail: { row, containers, logs } }: { detail: JobDetail }) {
  const stages = stagesOf(
    row,
    containers,
    logs.map((log) => log.container),
    useNow(),
  )
  if (stages.length === 0) return null
  return (
    <section className="card">
      <h2>Timeline</h2>
      <div className="timeline" aria-hidden="true">
        {stages.map((stage) => (
          <i
            key={stage.label}
            className={`stage stage-${stage.label.toLowerCase()} ${stage.label === 'Ran' ? `fill-${row.state}` : ''} ${stage.open ? 'open' : ''}`}
            style={{ flexGrow: Math.max(1, stage.to - stage.from) }}
          />
        ))}
      </div>
      <dl className="stages">
        {stages.map((stage) => (
          <div key={stage.label}>
            <dt>
              <i
                className={`stage stage-${stage.label.toLowerCase()} ${stage.label === 'Ran' ? `fill-${row.state}` : ''}`}
                aria-hidden="true"
              />
              {stage.open ? going[stage.label] : stage.label}
            </dt>
            <dd title={`${exact(stage.from)} – ${stage.open ? 'now' : exact(stage.to)}`}>
              {duration(stage.to - stage.from)}
            </dd>
          </div>
        ))}
      </dl>
      <p className="muted small">
        {exact(row.created)}
        {row.completed > 0 && <> – {exact(row.completed)}</>}
      </p>
    </section>
  )
}

const going = { Waited: 'Waiting', Prepared: 'Preparing', Ran: 'Running' } as const
