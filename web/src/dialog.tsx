// A dialog that asks or tells, on the browser's own <dialog>: focus, Escape and the backdrop come with it.
import { type ReactNode, useLayoutEffect, useRef } from 'react'

export function Dialog({ title, onClose, children }: { title: string; onClose: () => void; children: ReactNode }) {
  const ref = useRef<HTMLDialogElement>(null)
  // Nothing to undo: a dialog that is removed is closed, and closing it here would look like the visitor's answer.
  // It is there before the next key, which is meant for it.
  useLayoutEffect(() => {
    if (!ref.current?.open) ref.current?.showModal()
  }, [])
  return (
    <dialog ref={ref} className="dialog" aria-labelledby="dialog-title" onClose={onClose}>
      <h2 id="dialog-title">{title}</h2>
      {children}
    </dialog>
  )
}
