// The time as the server has it, ticking once a second for whoever shows durations.
import { useSyncExternalStore } from 'react'

let offsetMs = 0
const listeners = new Set<() => void>()
let ticking: ReturnType<typeof setInterval> | undefined
let second = Math.floor(Date.now() / 1000)

/** Learns the server's clock, so that a laptop with a wrong one still shows true durations. */
export function setServerNow(now: number): void {
  offsetMs = now - Date.now()
}

/** Milliseconds since the epoch by the server's clock. */
export const serverNow = (): number => Date.now() + offsetMs

function tick() {
  second = Math.floor(serverNow() / 1000)
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  ticking ??= setInterval(tick, 1000)
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    clearInterval(ticking)
    ticking = undefined
  }
}

/** The server's time, anew every second, in milliseconds. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => second) * 1000
}
