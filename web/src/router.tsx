// Addresses of the pages: reading them, changing them, links between them.
import { type AnchorHTMLAttributes, type MouseEvent, useSyncExternalStore } from 'react'

const listeners = new Set<() => void>()
const tell = () => {
  for (const listener of listeners) listener()
}
addEventListener('popstate', tell)

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Path, query and what follows #, anew when they change. */
export function useAddress(): { path: string; search: string; hash: string } {
  const path = useSyncExternalStore(subscribe, () => location.pathname)
  const search = useSyncExternalStore(subscribe, () => location.search)
  const hash = useSyncExternalStore(subscribe, () => location.hash)
  return { path, search, hash }
}

export function navigate(to: string, how: 'push' | 'replace' = 'push'): void {
  if (to === location.pathname + location.search + location.hash) return
  if (how === 'push') history.pushState(null, '', to)
  else history.replaceState(null, '', to)
  tell()
}

/** A link that stays in the page; with a modifier key or another button it is a link like any other. */
export function Link({ to, ...rest }: { to: string } & Omit<AnchorHTMLAttributes<HTMLAnchorElement>, 'href'>) {
  function follow(event: MouseEvent<HTMLAnchorElement>) {
    rest.onClick?.(event)
    if (
      event.defaultPrevented ||
      event.button !== 0 ||
      event.metaKey ||
      event.ctrlKey ||
      event.shiftKey ||
      event.altKey
    )
      return
    event.preventDefault()
    navigate(to)
  }
  return <a {...rest} href={to} onClick={follow} />
}

export const jobAddress = (name: string): string => `/job/${encodeURIComponent(name)}`
