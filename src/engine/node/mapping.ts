// Without mount namespaces: puts the directories behind a container's paths into its arguments, environment and working directory.
import type { Mount } from './runtime.ts'

/** Rewrites text that names paths of the container into text that names paths of this machine. */
export type PathMap = (text: string) => string

/**
 * A map of all mounts. A path is replaced where it stands as a whole path or as the beginning of one: `/logs` and `/logs/a`,
 * not `/logs2`, `/x/logs` or `https://host/logs`. The longest mount wins.
 */
export function pathMap(mounts: readonly Pick<Mount, 'path' | 'source'>[]): PathMap {
  const sources = new Map(mounts.map(({ path, source }) => [trimmed(path), source]))
  sources.delete('')
  if (sources.size === 0) return (text) => text
  const alternatives = [...sources.keys()].sort((a, b) => b.length - a.length).map((path) => escaped(path))
  const pattern = new RegExp(`(?<![\\w.~/-])(?:${alternatives.join('|')})(?![\\w.-])`, 'g')
  return (text) => text.replace(pattern, (path) => sources.get(path) ?? path)
}

const trimmed = (path: string) => path.replace(/\/+$/, '')
const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
