// The filter bar: what is chosen lies in the address, so that a view can be sent to somebody.
import { type ReactNode, type RefObject, useId, useMemo, useState } from 'react'
import type { JobState } from '../../src/api/prowjob.ts'
import type { JobRow } from '../../src/deck/wire.ts'
import { choices, type Filters, isFiltering, noFilters, states, types } from './filters.ts'
import { CloseIcon, FilterIcon, SearchIcon } from './icons.tsx'
import { StateSign } from './states.tsx'

export function FilterBar(props: {
  rows: readonly JobRow[]
  filters: Filters
  onChange: (next: Filters) => void
  counts: ReadonlyMap<JobState, number>
  searchBox: RefObject<HTMLInputElement | null>
  children: ReactNode
}) {
  const { rows, filters, onChange, counts, searchBox, children } = props
  const [open, setOpen] = useState(false)
  const offered = useMemo(() => choices(rows), [rows])
  const set = (change: Partial<Filters>) => onChange({ ...filters, ...change })
  const id = useId()
  const hidden = [
    filters.type.length > 0,
    filters.repo,
    filters.job,
    filters.author,
    filters.pull,
    filters.cluster,
  ].filter(Boolean)

  return (
    <search className="filter-bar">
      <div className="filter-top">
        <div className="search">
          <SearchIcon />
          <input
            ref={searchBox}
            type="search"
            value={filters.q}
            onChange={(event) => set({ q: event.target.value })}
            onKeyDown={(event) => {
              if (event.key === 'Enter' || (event.key === 'Escape' && filters.q === '')) event.currentTarget.blur()
            }}
            placeholder="Search jobs, pull requests, people, builds…"
            aria-label="Search jobs"
            aria-keyshortcuts="/"
            autoComplete="off"
            spellCheck={false}
          />
          <span className="kbd">/</span>
        </div>
        <button
          type="button"
          className="more"
          aria-expanded={open}
          aria-controls={`${id}-more`}
          onClick={() => setOpen(!open)}
        >
          <FilterIcon />
          Filters{hidden.length > 0 && <b> {hidden.length}</b>}
        </button>
        {children}
      </div>
      <div className={open ? 'filter-more open' : 'filter-more'} id={`${id}-more`}>
        <label>
          <span className="hidden">Type</span>
          <select
            value={filters.type[0] ?? ''}
            onChange={(event) => set({ type: types.filter((type) => type === event.target.value) })}
          >
            <option value="">All types</option>
            {types.map((type) => (
              <option key={type}>{type}</option>
            ))}
          </select>
        </label>
        <Text
          label="Repository"
          value={filters.repo}
          offers={offered.repos}
          onChange={(repo) => set({ repo })}
          placeholder="Repository"
        />
        <Text
          label="Job"
          value={filters.job}
          offers={offered.jobs}
          onChange={(job) => set({ job })}
          placeholder="Job, e.g. pull-*"
        />
        <Text
          label="Author"
          value={filters.author}
          offers={offered.authors}
          onChange={(author) => set({ author })}
          placeholder="Author"
        />
        <Text
          label="PR"
          value={filters.pull}
          onChange={(pull) => set({ pull: pull.replace(/\D/g, '') })}
          placeholder="PR"
          narrow
        />
      </div>
      <fieldset className="chips">
        <legend className="hidden">States</legend>
        {states.map((state) => {
          const chosen = filters.state.includes(state)
          const count = counts.get(state) ?? 0
          if (count === 0 && !chosen) return null
          return (
            <button
              type="button"
              key={state}
              className={`chip state-${state}`}
              aria-pressed={chosen}
              onClick={() =>
                set({ state: chosen ? filters.state.filter((one) => one !== state) : [...filters.state, state] })
              }
            >
              <StateSign state={state} />
              {state} <b>{count.toLocaleString()}</b>
            </button>
          )
        })}
        {isFiltering(filters) && (
          <button type="button" className="chip clear" onClick={() => onChange(noFilters)}>
            <CloseIcon />
            Clear filters
          </button>
        )}
      </fieldset>
    </search>
  )
}

function Text(props: {
  label: string
  value: string
  offers?: readonly string[]
  placeholder: string
  narrow?: boolean
  onChange: (value: string) => void
}) {
  const list = useId()
  return (
    <label className={props.narrow ? 'narrow' : undefined}>
      <span className="hidden">{props.label}</span>
      <input
        value={props.value}
        placeholder={props.placeholder}
        onChange={(event) => props.onChange(event.target.value.trim())}
        autoComplete="off"
        spellCheck={false}
        {...(props.offers ? { list } : { inputMode: 'numeric' as const })}
      />
      {props.offers && (
        <datalist id={list}>
          {props.offers.map((offer) => (
            <option key={offer} value={offer} />
          ))}
        </datalist>
      )}
    </label>
  )
}
