// Amounts of cores and bytes as people read them.

const units = ['Ei', 'Pi', 'Ti', 'Gi', 'Mi', 'Ki']

/** Cores as people write them: 2, 1500m. */
export function formatCpu(cores: number): string {
  const milli = Math.round(cores * 1000)
  return milli % 1000 === 0 ? String(milli / 1000) : `${milli}m`
}

/** Bytes in the largest binary unit that needs at most one decimal. */
export function formatBytes(bytes: number): string {
  for (const [index, unit] of units.entries()) {
    const size = 1024 ** (units.length - index)
    if (bytes >= size) return `${Math.round((bytes / size) * 10) / 10}${unit}`
  }
  return String(bytes)
}
