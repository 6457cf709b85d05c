// The page of one run: where it stands and why, what it is about, its log, its results.
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useEffect } from 'react'
import type { JobDetail } from '../../src/deck/wire.ts'
import { useAsk } from './actions.tsx'
import { ApiError, getJson, safeHref } from './api.ts'
import { Artifacts } from './artifacts.tsx'
import { AbortIcon, OutIcon, RerunIcon } from './icons.tsx'
import { Containers, Facts } from './job-facts.tsx'
import { Logs } from './job-logs.tsx'
import { Message } from './jobs-page.tsx'
import { useKeys } from './keys.ts'
import { Link, navigate } from './router.tsx'
import { StateBadge } from './states.tsx'
import { Timeline } from './timeline-view.tsx'
import { Ago, Since, Took } from './times.tsx'

/** Which run: a ProwJob by name, or what stands after /view/. */
export type Source = { readonly name: string } | { readonly run: string }

/** How often a page asks again while its job goes on: the Pod's containers change without the ProwJob changing. */
const pollMs = 4000

export function JobPage({ source }: { source: Source }) {
  const url = 'name' in source ? `/api/jobs/${encodeURIComponent(source.name)}` : `/api/runs/${source.run}`
  const detail = useQuery({
    queryKey: ['job', url],
    queryFn: ({ signal }) => getJson<JobDetail>(url, signal),
    refetchInterval: ({ state }) => (state.data?.live && !state.data.row.completed ? pollMs : false),
    refetchIntervalInBackground: true, // so that the title of a tab in the background tells how it ended
  })
  const ask = useAsk()
  const { data } = detail

  useEffect(() => {
    if (data) document.title = `${data.row.state}: ${data.row.job}${data.row.build ? ` #${data.row.build}` : ''}`
  }, [data])
  useKeys({
    escape: () => navigate('/'),
    r: () => data?.live && ask('rerun', data.row),
    a: () => data?.live && ask('abort', data.row),
  })

  if (!data) {
    if (detail.isPending) return <div className="loading" aria-busy="true" />
    const gone = detail.error instanceof ApiError && detail.error.status === 404
    return (
      <Message
        title={gone ? 'This run is not here' : 'This run could not be loaded'}
        text={detail.error?.message ?? ''}
        {...(!gone && { onRetry: () => detail.refetch() })}
      />
    )
  }
  return (
    <article className="job-page">
      <Head detail={data} />
      {detail.isError && (
        <p className="note" role="status">
          What you see is not fresh: {detail.error.message}
        </p>
      )}
      <Standing detail={data} />
      <div className="job-columns">
        <div className="job-main">
          <Logs detail={data} />
          {data.artifacts && <Artifacts root={data.artifacts} />}
        </div>
        <aside className="job-side" aria-label="About this run">
          <Timeline detail={data} />
          <Links detail={data} />
          <Containers detail={data} />
          <Facts detail={data} />
        </aside>
      </div>
    </article>
  )
}

function Head({ detail }: { detail: JobDetail }) {
  const { row, rerun, abort, live } = detail
  const ask = useAsk()
  return (
    <header className="job-head">
      <div className="job-title">
        <Link to="/" className="back">
          ← Jobs
        </Link>
        <h1>
          <StateBadge state={row.state} /> <span className="break">{row.job}</span>
        </h1>
        <p className="muted">
          <About detail={detail} />
        </p>
      </div>
      {live && (
        <div className="buttons">
          <button
            type="button"
            onClick={() => ask('rerun', row)}
            disabled={!rerun.allowed}
            title={rerun.why || 'Run again (r)'}
          >
            <RerunIcon />
            Rerun
          </button>
          {!row.completed && (
            <button
              type="button"
              className="danger"
              onClick={() => ask('abort', row)}
              disabled={!abort.allowed}
              title={abort.why || 'Abort (a)'}
            >
              <AbortIcon />
              Abort
            </button>
          )}
        </div>
      )}
    </header>
  )
}

/** One line: what the run is about. */
function About({ detail: { row } }: { detail: JobDetail }) {
  const pull = row.pulls[0]
  return (
    <>
      {row.type}
      {row.repo && (
        <>
          {' · '}
          <Outside href={pull?.link || row.repoLink}>
            {row.org}/{row.repo}
            {pull && ` #${pull.number}`}
            {row.pulls.length > 1 && ` and ${row.pulls.length - 1} more`}
          </Outside>
        </>
      )}
      {pull?.title && <> “{pull.title}”</>}
      {pull && <> by {pull.author}</>}
      {row.created > 0 && (
        <>
          {' · started '}
          <Ago time={row.created} />
        </>
      )}
    </>
  )
}

/** Where it stands: why it has not ended, or how it ended. */
function Standing({ detail: { row, live } }: { detail: JobDetail }) {
  if (!row.completed && live) {
    return (
      <section className={`standing standing-${row.state}`} aria-label="Why it has not ended">
        <p className="standing-why">
          <strong>{row.reason}</strong>
          <span>
            {' for '}
            <Since time={row.since} />
          </span>
        </p>
        {row.next && (
          <p>
            <span className="muted">Next: </span>
            {row.next}
          </p>
        )}
        {row.description && row.description !== row.reason && <p className="muted">{row.description}</p>}
      </section>
    )
  }
  return (
    <section className={`standing standing-${row.state}`} aria-label="How it ended">
      <p className="standing-why">
        <strong>{row.description || `The run ended with ${row.state}`}</strong>
        {row.completed > 0 && (
          <span>
            {' after '}
            <Took row={row} />
          </span>
        )}
      </p>
      {!live && <p className="muted">The ProwJob itself has been removed; this is what the bucket kept.</p>}
    </section>
  )
}

function Links({ detail: { links } }: { detail: JobDetail }) {
  if (links.length === 0) return null
  return (
    <section className="card">
      <h2>Links</h2>
      <ul className="links">
        {links.map(({ label, href }) => (
          <li key={label + href}>
            <Outside href={href}>{label}</Outside>
          </li>
        ))}
      </ul>
    </section>
  )
}

function Outside({ href, children }: { href: string; children: ReactNode }) {
  const safe = safeHref(href)
  if (!safe) return <>{children}</>
  return (
    <a href={safe} target="_blank" rel="noreferrer">
      {children}
      <OutIcon />
    </a>
  )
}
