// Times as Kubernetes writes them.

/** RFC 3339 in UTC with whole seconds, e.g. `2026-01-02T03:04:05Z`. @param ms Milliseconds since the epoch. */
export const timestamp = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`

/** Milliseconds since the epoch; undefined when there is no time, or none that can be read. */
export function milliseconds(time: string | undefined): number | undefined {
  const ms = time === undefined ? Number.NaN : Date.parse(time)
  return Number.isNaN(ms) ? undefined : ms
}
