// Short messages about what has just been done. Read out by screen readers, gone after a while.
import { useSyncExternalStore } from 'react'
import { CloseIcon } from './icons.tsx'
import { Link } from './router.tsx'

export interface Toast {
  readonly kind: 'done' | 'failed'
  readonly text: string
  readonly link?: { readonly to: string; readonly label: string }
}

type Shown = Toast & { readonly id: number }

let shown: readonly Shown[] = []
let made = 0
const listeners = new Set<() => void>()

function set(next: readonly Shown[]) {
  shown = next
  for (const listener of listeners) listener()
}

export function toast(message: Toast): void {
  const id = ++made
  set([...shown.slice(-3), { ...message, id }])
  // A failure stays until it is read; there may be something to write down.
  if (message.kind === 'done') setTimeout(() => dismiss(id), 10_000)
}

const dismiss = (id: number) => set(shown.filter((one) => one.id !== id))

export function Toasts() {
  const all = useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => shown,
  )
  return (
    <div className="toasts" role="status">
      {all.map(({ id, kind, text, link }) => (
        <div key={id} className={`toast toast-${kind}`}>
          <span>
            {text}{' '}
            {link && (
              <Link to={link.to} onClick={() => dismiss(id)}>
                {link.label}
              </Link>
            )}
          </span>
          <button type="button" className="ghost" aria-label="Dismiss" onClick={() => dismiss(id)}>
            <CloseIcon />
          </button>
        </div>
      ))}
    </div>
  )
}
