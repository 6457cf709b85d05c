// Whether the page is in view. A browser opens six connections to one server at most, so pages in the background hold none.
import { useSyncExternalStore } from 'react'

/** Calls back whenever the page comes into view or goes away; returns the function that ends it. */
export function onVisibility(listener: () => void): () => void {
  document.addEventListener('visibilitychange', listener)
  return () => document.removeEventListener('visibilitychange', listener)
}

export const useVisible = (): boolean => useSyncExternalStore(onVisibility, () => !document.hidden)
