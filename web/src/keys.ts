// Keyboard: single keys that work wherever nobody is typing.
import { useEffect, useLayoutEffect, useRef } from 'react'

export type Keys = Readonly<Record<string, (event: KeyboardEvent) => void>>

/** Keys are named as KeyboardEvent.key has them, in lower case; a capital letter is `shift+` and the letter. */
export function useKeys(keys: Keys): void {
  const latest = useRef(keys)
  // Before anything else can happen: the next key may follow at once, and is meant for what is drawn now.
  useLayoutEffect(() => {
    latest.current = keys
  })
  useEffect(() => {
    function press(event: KeyboardEvent) {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return
      if (isTyping(event.target) || document.querySelector('dialog[open]')) return
      const handler = latest.current[nameOf(event.key)]
      if (!handler) return
      event.preventDefault()
      handler(event)
    }
    addEventListener('keydown', press)
    return () => removeEventListener('keydown', press)
  }, [])
}

const nameOf = (key: string) => (/^[A-Z]$/.test(key) ? `shift+${key.toLowerCase()}` : key.toLowerCase())

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
}
