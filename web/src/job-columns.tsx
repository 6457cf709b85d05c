// The columns of the list of jobs: what they show and what they sort by.
import {
  createColumnHelper,
  createSortedRowModel,
  rowSortingFeature,
  sortFn_basic,
  tableFeatures,
} from '@tanstack/react-table'
import type { JobRow } from '../../src/deck/wire.ts'
import { safeHref } from './api.ts'
import { jobAddress, Link } from './router.tsx'
import { StateBadge, StateSign } from './states.tsx'
import { Ago, Since, Took } from './times.tsx'

export const features = tableFeatures({
  rowSortingFeature,
  sortedRowModel: createSortedRowModel(),
  sortFns: { basic: sortFn_basic },
})

const column = createColumnHelper<typeof features, JobRow>()

/** The class of a cell is its column's id. */
export const columns = column.columns([
  column.accessor('state', {
    id: 'state',
    header: 'State',
    sortFn: 'basic',
    cell: ({ row }) => <StateBadge state={row.original.state} />,
  }),
  column.accessor('job', {
    id: 'job',
    header: 'Job',
    sortFn: 'basic',
    cell: ({ row }) => <JobCell row={row.original} />,
  }),
  column.accessor((row) => `${row.org}/${row.repo}#${String(row.pulls[0]?.number ?? 0).padStart(9, '0')}`, {
    id: 'change',
    header: 'Change',
    sortFn: 'basic',
    cell: ({ row }) => <ChangeCell row={row.original} />,
  }),
  column.accessor('type', {
    id: 'type',
    header: 'Type',
    sortFn: 'basic',
    cell: ({ row }) => <TypeCell row={row.original} />,
  }),
  column.accessor('created', {
    id: 'started',
    header: 'Started',
    sortFn: 'basic',
    cell: ({ row }) => <Ago time={row.original.created} />,
  }),
  column.accessor((row) => (row.completed ? row.completed - row.created : Number.MAX_SAFE_INTEGER - row.created), {
    id: 'duration',
    header: 'Duration',
    sortFn: 'basic',
    cell: ({ row }) => <Took row={row.original} />,
  }),
])

function JobCell({ row }: { row: JobRow }) {
  return (
    <>
      <StateSign state={row.state} />
      <Link to={jobAddress(row.name)} className="job-link" title={row.job}>
        {row.job}
      </Link>
      {row.completed ? (
        <span className="sub" title={row.description}>
          <b className="state-word">{row.state}</b>
          {row.description}
        </span>
      ) : (
        <>
          <span className="sub why">
            <b className="state-word">{row.state}</b>
            <span title={row.reason}>{row.reason}</span> <Since time={row.since} />
          </span>
          <span className="sub" title={row.next}>
            Next: {row.next}
          </span>
        </>
      )}
    </>
  )
}

function ChangeCell({ row }: { row: JobRow }) {
  const [first, ...others] = row.pulls
  const repo = row.repo ? `${row.org}/${row.repo}` : ''
  if (!first) {
    return (
      <>
        <Out href={row.repoLink} text={repo || '—'} />
        <span className="sub">{row.base}</span>
      </>
    )
  }
  const authors = [...new Set(row.pulls.map(({ author }) => author))].join(', ')
  return (
    <>
      <Out href={first.link} text={`${repo} #${first.number}${others.length > 0 ? ` +${others.length}` : ''}`} />
      <span className="sub" title={`${first.title} by ${authors}`}>
        {authors}
        {first.title && ` · ${first.title}`}
      </span>
    </>
  )
}

function TypeCell({ row }: { row: JobRow }) {
  return (
    <>
      <span>{row.type}</span>
      <span className="sub" title={`Build cluster ${row.cluster}`}>
        {row.cluster}
      </span>
    </>
  )
}

/** A link to somewhere else, or only its text when the address is not one to follow. */
function Out({ href, text }: { href: string; text: string }) {
  const safe = safeHref(href)
  if (!safe) return <span className="out">{text}</span>
  return (
    <a className="out" href={safe} title={text} target="_blank" rel="noreferrer">
      {text}
    </a>
  )
}
