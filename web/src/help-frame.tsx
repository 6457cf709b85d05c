// What the pages of commands and of plugins share: heading, search, repository, links into the page, keys, and how trouble looks.
import { type ReactNode, useEffect, useMemo, useRef } from 'react'
import { ApiError } from './api.ts'
import { type HelpView, helpAddress, readView } from './help.ts'
import type { useHelp } from './help-data.ts'
import { SearchIcon } from './icons.tsx'
import { Message } from './jobs-page.tsx'
import { useKeys } from './keys.ts'
import { navigate, useAddress } from './router.tsx'

/** What the address says, and how to change it. */
export function useHelpView(path: '/command-help' | '/plugins') {
  const { search, hash } = useAddress()
  const view = useMemo(() => readView(search), [search])
  return {
    ...view,
    /** The entry that the address leads to. #main is the shell's. */
    aim: hash === '#main' ? '' : decoded(hash.slice(1)),
    set: (change: Partial<HelpView>) => navigate(helpAddress(path, { ...view, ...change }), 'replace'),
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

export const domId = (id: string): string => `entry-${id}`

export function HelpFrame(props: {
  title: string
  lead: ReactNode
  /** What the entries are called. */
  noun: string
  view: ReturnType<typeof useHelpView>
  help: ReturnType<typeof useHelp>
  /** Id of the entry that the address leads to. */
  aimed: string | undefined
  shown: number
  of: number
  children: ReactNode
}) {
  const { title, lead, noun, view, help, aimed, shown, of, children } = props
  const { query, repos } = help
  const page = useRef<HTMLDivElement>(null)
  const searchBox = useRef<HTMLInputElement>(null)

  useEffect(() => {
    document.title = `Prow ${title}`
  }, [title])

  useEffect(() => {
    const target = aimed === undefined ? null : document.getElementById(domId(aimed))
    if (!target) return
    const details = target.querySelector('details')
    if (details) details.open = true
    target.scrollIntoView({ block: 'start' })
    target.focus({ preventScroll: true })
  }, [aimed])

  function move(by: number) {
    const entries = [...(page.current?.querySelectorAll<HTMLElement>('.entry') ?? [])]
    const at = entries.findIndex((entry) => entry.contains(document.activeElement))
    const next = entries[at < 0 ? 0 : Math.min(Math.max(at + by, 0), entries.length - 1)]
    next?.focus({ preventScroll: true })
    next?.scrollIntoView({ block: 'nearest' })
  }
  useKeys({
    '/': () => searchBox.current?.focus(),
    j: () => move(1),
    k: () => move(-1),
    g: () => move(Number.NEGATIVE_INFINITY),
    'shift+g': () => move(Number.POSITIVE_INFINITY),
    escape: () => view.set({ q: '' }),
  })

  const asked = query.data !== undefined
  return (
    <div className="help-page" ref={page}>
      <header className="help-head">
        <h1>{title}</h1>
        <p className="muted">{lead}</p>
      </header>
      <search className="filter-bar help-filter">
        <div className="search">
          <SearchIcon />
          <input
            ref={searchBox}
            type="search"
            value={view.q}
            onChange={(event) => view.set({ q: event.target.value })}
            onKeyDown={(event) => {
              if (event.key === 'Enter' || (event.key === 'Escape' && view.q === '')) event.currentTarget.blur()
            }}
            placeholder={`Search ${noun}…`}
            aria-label={`Search ${noun}`}
            aria-keyshortcuts="/"
            autoComplete="off"
            spellCheck={false}
          />
          <span className="kbd">/</span>
        </div>
        <label className="help-repo">
          <span className="hidden">Repository</span>
          <select value={view.repo} onChange={(event) => view.set({ repo: event.target.value })}>
            <option value="">All repositories</option>
            {(view.repo === '' || repos.includes(view.repo) ? repos : [view.repo, ...repos]).map((repo) => (
              <option key={repo}>{repo}</option>
            ))}
          </select>
        </label>
        <p className="help-count muted" role="status">
          {asked && (shown === of ? `${of} ${noun}` : `${shown} of ${of} ${noun}`)}
        </p>
      </search>
      {query.isError && asked && (
        <p className="note help-note" role="status">
          {query.error.message} What you see is what it said before.
        </p>
      )}
      {asked ? (
        <>
          {children}
          {shown === 0 && <Nothing noun={noun} view={view} of={of} />}
        </>
      ) : query.isError ? (
        <Message
          title={`The ${noun} are not known`}
          text={query.error.message}
          {...(query.error instanceof ApiError && query.error.status === 404 ? {} : { onRetry: () => query.refetch() })}
        />
      ) : (
        <div className="loading" aria-busy="true">
          <span className="hidden">Loading {noun}</span>
          {['a', 'b', 'c', 'd', 'e', 'f'].map((key) => (
            <div key={key} className="skeleton" />
          ))}
        </div>
      )}
    </div>
  )
}

function Nothing({ noun, view, of }: { noun: string; view: ReturnType<typeof useHelpView>; of: number }) {
  return (
    <div className="message">
      <h2>{of === 0 ? `There are no ${noun}` : 'Nothing matches'}</h2>
      {of === 0 ? (
        <p>{view.repo === '' ? 'hook knows none.' : `No plugin of hook's brings any to ${view.repo}.`}</p>
      ) : (
        <p>
          None of the {of} {noun} has all of these words in it.
        </p>
      )}
      {(view.q !== '' || view.repo !== '') && (
        <button type="button" className="primary" onClick={() => view.set(of === 0 ? { repo: '', q: '' } : { q: '' })}>
          {of === 0 ? `Show the ${noun} of all repositories` : 'Clear the search'}
        </button>
      )}
    </div>
  )
}
