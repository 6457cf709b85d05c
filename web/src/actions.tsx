// Rerun and abort: the question before, the request, the message after.
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { createContext, type ReactNode, useCallback, useContext, useLayoutEffect, useRef, useState } from 'react'
import type { JobRow, Rerun, Session } from '../../src/deck/wire.ts'
import { getJson, post } from './api.ts'
import { Dialog } from './dialog.tsx'
import { jobAddress } from './router.tsx'
import { toast } from './toasts.tsx'

export type Action = 'rerun' | 'abort'
type Ask = (action: Action, row: JobRow) => void

const AskContext = createContext<Ask>(() => {})

/** Asks before it reruns or aborts. */
export const useAsk = (): Ask => useContext(AskContext)

export function useSession(): Session | undefined {
  return useQuery({ queryKey: ['session'], queryFn: ({ signal }) => getJson<Session>('/api/session', signal) }).data
}

export const canAbort = (row: JobRow): boolean =>
  row.completed === 0 && (row.state === 'scheduling' || row.state === 'triggered' || row.state === 'pending')

export function ActionsProvider({ children }: { children: ReactNode }) {
  const [question, setQuestion] = useState<{ action: Action; row: JobRow; turn: number }>()
  const ask = useCallback<Ask>((action, row) => {
    if (action === 'abort' && !canAbort(row))
      toast({ kind: 'failed', text: `${row.job} has ended; there is nothing to abort.` })
    else setQuestion((before) => ({ action, row, turn: (before?.turn ?? 0) + 1 }))
  }, [])
  return (
    <AskContext value={ask}>
      {children}
      {/* A browser tells of a closed dialog a moment later, when the next question may be there already. */}
      {question && (
        <Question
          key={question.turn}
          {...question}
          onClose={() => setQuestion((now) => (now === question ? undefined : now))}
        />
      )}
    </AskContext>
  )
}

function Question({ action, row, onClose }: { action: Action; row: JobRow; onClose: () => void }) {
  const client = useQueryClient()
  const [busy, setBusy] = useState(false)
  const session = useSession()
  const button = useRef<HTMLButtonElement>(null)
  // Enter means yes to a rerun and no to an abort, which cannot be taken back.
  useLayoutEffect(() => button.current?.focus(), [])

  async function confirm() {
    setBusy(true)
    try {
      const { name } = await post<Rerun>(`/api/jobs/${encodeURIComponent(row.name)}/${action}`)
      if (action === 'rerun')
        toast({
          kind: 'done',
          text: `${row.job} runs again.`,
          link: { to: jobAddress(name), label: 'See the new run' },
        })
      else toast({ kind: 'done', text: `${row.job} is being aborted.` })
      void client.invalidateQueries({ queryKey: ['job'] })
    } catch (error) {
      toast({ kind: 'failed', text: error instanceof Error ? error.message : String(error) })
    }
    onClose()
  }

  const what = row.pulls[0]
    ? `${row.org}/${row.repo} #${row.pulls[0].number}`
    : row.repo
      ? `${row.org}/${row.repo} ${row.base}`
      : ''
  return (
    <Dialog title={action === 'rerun' ? 'Run this job again?' : 'Abort this job?'} onClose={onClose}>
      <p>
        <strong className="break">{row.job}</strong>
        {what && <> for {what}</>}
        {row.build && <span className="muted"> · build {row.build}</span>}
      </p>
      <p className="muted">
        {action === 'rerun'
          ? 'A new ProwJob with the same specification is created. The old one stays as it is.'
          : 'Its Pod is stopped, and the result is “aborted”. This cannot be undone; the job can be run again.'}
      </p>
      {session && !session.admin && (
        <p className="note">
          You are not the administrator of this Deck, so this works only where the job lets anyone do it.
        </p>
      )}
      <div className="buttons">
        <button type="button" ref={action === 'abort' ? button : undefined} onClick={onClose}>
          Cancel
        </button>
        <button
          type="button"
          className={action === 'abort' ? 'danger' : 'primary'}
          disabled={busy}
          onClick={confirm}
          ref={action === 'rerun' ? button : undefined}
        >
          {action === 'rerun' ? 'Run again' : 'Abort job'}
        </button>
      </div>
    </Dialog>
  )
}
