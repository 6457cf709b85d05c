// The table of jobs: only the rows in view exist, so that 20,000 scroll as easily as 20. On a phone a row becomes a card.
import { type SortingState, useTable } from '@tanstack/react-table'
import { useVirtualizer } from '@tanstack/react-virtual'
import {
  type Ref,
  useCallback,
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react'
import type { JobRow } from '../../src/deck/wire.ts'
import type { Action } from './actions.tsx'
import { canAbort } from './actions.tsx'
import { AbortIcon, RerunIcon } from './icons.tsx'
import { columns, features } from './job-columns.tsx'
import { jobAddress, navigate } from './router.tsx'

export interface TableHandle {
  /** Selects the row that many places further; infinity is the end. */
  move(by: number): void
}

const phone = matchMedia('(max-width: 760px)')
/** Pixels. What has not ended has one more line, which says what would move it. */
const heights = { phone: 88, laptop: 54, more: 19 }

function useIsPhone(): boolean {
  return useSyncExternalStore(
    (listener) => {
      phone.addEventListener('change', listener)
      return () => phone.removeEventListener('change', listener)
    },
    () => phone.matches,
  )
}

export function JobTable(props: {
  ref: Ref<TableHandle>
  rows: readonly JobRow[]
  selected: string
  onSelect: (name: string) => void
  onAsk: (action: Action, row: JobRow) => void
  mayAct: boolean
  startOffset: number
  onScroll: (offset: number) => void
}) {
  const { rows, selected, onSelect, onAsk, mayAct } = props
  const [sorting, setSorting] = useState<SortingState>([])
  const table = useTable({ features, columns, data: rows, getRowId, state: { sorting }, onSortingChange: setSorting })
  const shown = table.getRowModel().rows
  const scroller = useRef<HTMLDivElement>(null)
  /** Name of the row that gets the focus as soon as it is there. */
  const wantsFocus = useRef('')
  const isPhone = useIsPhone()
  const size = isPhone ? heights.phone : heights.laptop
  // Positions are worked out anew whenever this changes, so it changes only with the rows.
  const getItemKey = useCallback((at: number) => shown[at]?.id ?? at, [shown])
  const virtual = useVirtualizer({
    count: shown.length,
    getScrollElement: () => scroller.current,
    estimateSize: (at) => size + (shown[at]?.original.completed === 0 ? heights.more : 0),
    getItemKey,
    overscan: 8,
    initialOffset: props.startOffset,
  })
  // Another height of the rows makes all known positions wrong.
  useEffect(() => {
    if (size > 0) virtual.measure()
  }, [size, virtual])
  // The index is looked for only when it is needed: a list of 20,000 changes often.
  const selectedAt = () => shown.findIndex((row) => row.id === selected)

  useImperativeHandle(props.ref, () => ({
    move(by) {
      const from = selectedAt()
      const to = Math.min(
        shown.length - 1,
        Math.max(0, from < 0 ? (by === Number.POSITIVE_INFINITY ? by : 0) : from + by),
      )
      const row = shown[to]
      if (!row) return
      // Scrolling may draw at once, so everything is said before it.
      wantsFocus.current = row.id
      onSelect(row.id)
      virtual.scrollToIndex(to)
    },
  }))
  // The row may have to be scrolled into being first, so the focus comes with the render that has it.
  useLayoutEffect(() => {
    if (wantsFocus.current !== selected) return
    const link = scroller.current?.querySelector<HTMLElement>('tr[aria-current] .job-link')
    if (!link) return
    wantsFocus.current = ''
    link.focus({ preventScroll: true })
  })

  return (
    <div className="table-scroller" ref={scroller} onScroll={(event) => props.onScroll(event.currentTarget.scrollTop)}>
      <table className="jobs" aria-rowcount={shown.length + 1}>
        <thead>
          {table.getHeaderGroups().map((group) => (
            <tr key={group.id}>
              {group.headers.map((header) => {
                // Without a choice the newest are first, which is how the list comes.
                const sorted =
                  header.column.getIsSorted() || (sorting.length === 0 && header.id === 'started' ? 'desc' : false)
                return (
                  <th
                    key={header.id}
                    scope="col"
                    className={`c-${header.id}`}
                    aria-sort={sorted ? (sorted === 'asc' ? 'ascending' : 'descending') : 'none'}
                  >
                    <button type="button" onClick={header.column.getToggleSortingHandler()}>
                      <table.FlexRender header={header} />
                      <i aria-hidden="true">{sorted === 'asc' ? '▲' : sorted === 'desc' ? '▼' : ''}</i>
                    </button>
                  </th>
                )
              })}
              <th scope="col" className="c-actions">
                <span className="hidden">Actions</span>
              </th>
            </tr>
          ))}
        </thead>
        <tbody style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map((item) => {
            const row = shown[item.index]
            if (!row) return null
            const job = row.original
            return (
              <tr
                key={row.id}
                aria-rowindex={item.index + 2}
                aria-current={row.id === selected ? 'true' : undefined}
                className={`row row-${job.state}`}
                style={{ height: item.size, transform: `translateY(${item.start}px)` }}
                onClick={(event) => {
                  onSelect(row.id)
                  // A click on anything in the row opens it, but marking text or following a link does not.
                  const control = event.target instanceof Element && event.target.closest('a, button')
                  if (!control && !getSelection()?.toString()) navigate(jobAddress(job.name))
                }}
              >
                {row.getAllCells().map((cell) => (
                  <td key={cell.id} className={`c-${cell.column.id}`}>
                    <table.FlexRender cell={cell} />
                  </td>
                ))}
                <td className="c-actions">
                  {mayAct && (
                    <>
                      <button
                        type="button"
                        className="ghost"
                        title="Run again (r)"
                        aria-label={`Run ${job.job} again`}
                        onClick={() => onAsk('rerun', job)}
                      >
                        <RerunIcon />
                      </button>
                      {canAbort(job) && (
                        <button
                          type="button"
                          className="ghost"
                          title="Abort (a)"
                          aria-label={`Abort ${job.job}`}
                          onClick={() => onAsk('abort', job)}
                        >
                          <AbortIcon />
                        </button>
                      )}
                    </>
                  )}
                </td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </div>
  )
}

const getRowId = (row: JobRow): string => row.name
