// The logs of a run: one tab per container, each from wherever its log is now.
import { useState } from 'react'
import type { JobDetail, LogDetail } from '../../src/deck/wire.ts'
import { useFollowedLog, useStoredLog } from './log-source.ts'
import { LogView } from './log-view.tsx'

export function Logs({ detail }: { detail: JobDetail }) {
  const [chosen, setChosen] = useState('')
  const { logs } = detail
  const log = logs.find(({ container }) => container === chosen) ?? logs[0]
  if (!log) return null
  return (
    <section className="card log-card" aria-label="Log">
      {logs.length > 1 && (
        <div className="tabs">
          {logs.map(({ container, title }) => (
            <button
              type="button"
              key={container}
              aria-pressed={container === log.container}
              onClick={() => setChosen(container)}
            >
              {title}
            </button>
          ))}
        </div>
      )}
      <OneLog key={log.container} log={log} ended={!detail.live || detail.row.completed > 0} />
    </section>
  )
}

function OneLog({ log, ended }: { log: LogDetail; ended: boolean }) {
  switch (log.from) {
    case 'nowhere':
      return (
        <div className="no-log">
          <h2>{ended ? 'No log' : 'No log yet'}</h2>
          <p>{log.why}</p>
          {log.next && <p className="muted">{log.next}</p>}
        </div>
      )
    case 'pod':
      return <FollowedLog key={log.url} url={log.url} raw={log.raw} />
    case 'bucket':
      return <StoredLog key={log.url} url={log.url} raw={log.raw} size={log.size} />
  }
}

function FollowedLog({ url, raw }: { url: string; raw: string }) {
  return <LogView source={useFollowedLog(url)} raw={raw} />
}

function StoredLog({ url, raw, size }: { url: string; raw: string; size: number }) {
  return <LogView source={useStoredLog(url, size)} raw={raw} />
}
