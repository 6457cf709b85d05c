// The list of jobs: filters, the picture of the last runs, the table.
import { useDeferredValue, useEffect, useMemo, useRef, useState } from 'react'
import { useAsk, useSession } from './actions.tsx'
import { FilterBar } from './filter-bar.tsx'
import { countStates, type Filters, filterRows, isFiltering, noFilters, readFilters, writeFilters } from './filters.ts'
import { Histogram } from './histogram-view.tsx'
import { JobTable, type TableHandle } from './job-table.tsx'
import { useKeys } from './keys.ts'
import { useJobs } from './live.ts'
import { jobAddress, navigate, useAddress } from './router.tsx'

// What the visitor looked at when they left the list, so that coming back finds it again.
let remembered = { selected: '', offset: 0 }

export function JobsPage() {
  const { search } = useAddress()
  const jobs = useJobs()
  const rows = jobs.data?.rows
  const filters = useMemo(() => readFilters(search), [search])
  // Typing stays quick however long the list is: the list follows a moment later.
  const deferred = useDeferredValue(filters)
  const shown = useMemo(() => filterRows(rows ?? [], deferred), [rows, deferred])
  const counts = useMemo(() => countStates(filterRows(rows ?? [], deferred, 'state')), [rows, deferred])
  const [selected, setSelected] = useState(remembered.selected)
  const table = useRef<TableHandle>(null)
  const searchBox = useRef<HTMLInputElement>(null)
  const ask = useAsk()
  const session = useSession()

  useEffect(() => {
    document.title = 'Prow Status'
  }, [])
  useEffect(() => {
    remembered = { ...remembered, selected }
  }, [selected])

  const set = (next: Filters) => navigate(`/${writeFilters(next)}`, 'replace')
  const current = () => shown.find((row) => row.name === selected)
  const move = (by: number) => table.current?.move(by)
  useKeys({
    '/': () => searchBox.current?.focus(),
    j: () => move(1),
    k: () => move(-1),
    arrowdown: () => move(1),
    arrowup: () => move(-1),
    g: () => move(Number.NEGATIVE_INFINITY),
    'shift+g': () => move(Number.POSITIVE_INFINITY),
    enter: () => {
      const row = current()
      if (row) navigate(jobAddress(row.name))
    },
    r: () => {
      const row = current()
      if (row) ask('rerun', row)
    },
    a: () => {
      const row = current()
      if (row) ask('abort', row)
    },
    escape: () => set(noFilters),
  })

  return (
    <div className="jobs-page">
      <h1 className="hidden">Jobs</h1>
      {rows?.length !== 0 && (
        <FilterBar rows={rows ?? []} filters={filters} onChange={set} counts={counts} searchBox={searchBox}>
          <Histogram rows={shown} />
        </FilterBar>
      )}
      <p className="hidden" role="status">
        {rows && `${shown.length} of ${rows.length} jobs`}
      </p>
      {jobs.isPending ? (
        <Loading />
      ) : jobs.isError && !rows ? (
        <Message
          title="The list of jobs could not be loaded"
          text={jobs.error.message}
          onRetry={() => jobs.refetch()}
        />
      ) : rows?.length === 0 ? (
        <NoJobsYet />
      ) : shown.length === 0 ? (
        <div className="message">
          <h2>No job matches</h2>
          <p>There are {rows?.length.toLocaleString()} jobs, but none that fits all filters.</p>
          {isFiltering(filters) && (
            <button type="button" className="primary" onClick={() => set(noFilters)}>
              Clear all filters
            </button>
          )}
        </div>
      ) : (
        <JobTable
          ref={table}
          rows={shown}
          selected={selected}
          onSelect={setSelected}
          onAsk={ask}
          mayAct={session?.admin ?? false}
          startOffset={remembered.offset}
          onScroll={(offset) => {
            remembered = { ...remembered, offset }
          }}
        />
      )}
    </div>
  )
}

function Loading() {
  return (
    <div className="loading" aria-busy="true">
      <span className="hidden">Loading jobs</span>
      {Array.from({ length: 12 }, (_, at) => `line ${at}`).map((key) => (
        <div key={key} className="skeleton" />
      ))}
    </div>
  )
}

export function Message({ title, text, onRetry }: { title: string; text: string; onRetry?: () => void }) {
  return (
    <div className="message" role="alert">
      <h2>{title}</h2>
      <p>{text}</p>
      {onRetry && (
        <button type="button" className="primary" onClick={onRetry}>
          Try again
        </button>
      )}
    </div>
  )
}

function NoJobsYet() {
  return (
    <div className="message newcomer">
      <img src="/favicon.svg" alt="" width="56" height="56" />
      <h2>No jobs yet</h2>
      <p>Runs appear here by themselves, the moment Prow starts one. To see the first:</p>
      <ul>
        <li>
          open a pull request in a repository that has presubmits, or comment <code>/test all</code> on one,
        </li>
        <li>merge something into a branch that has postsubmits,</li>
        <li>or wait for a periodic to be due.</li>
      </ul>
      <p className="muted">
        Nothing happens? <a href="/config">See the configuration</a> that is in force, and whether your repository has
        jobs in it.
      </p>
    </div>
  )
}
