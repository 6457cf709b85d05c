// Kubernetes quantities as numbers: "100m" is 0.1, "1.5Gi" is 1610612736, "1e3" is 1000.

const factors: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
}

// An exponent needs a digit: the E of "1E" is a suffix.
const form = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)([a-zA-Z]*)$/

/** Value of a quantity in its base unit (cores, bytes). The client library's parser takes neither "1.5Gi" nor "1e3". */
export function parseQuantity(text: string | number): number {
  const [, number, suffix = ''] = form.exec(String(text).trim()) ?? []
  const factor = Object.hasOwn(factors, suffix) ? factors[suffix] : undefined
  if (number === undefined || factor === undefined) {
    throw new Error(`"${text}" is not a quantity: a number with an optional suffix such as m, k, M, Gi`)
  }
  // Multiplying by 0.001 would leave dust behind (0.1 + 0.2 cores must be 300m).
  return factor < 1 ? Number(number) / Math.round(1 / factor) : Number(number) * factor
}

/** Cores as people write them: 2, 1500m. */
export function formatCpu(cores: number): string {
  const milli = Math.round(cores * 1000)
  return milli % 1000 === 0 ? String(milli / 1000) : `${milli}m`
}

/** Bytes in the largest binary unit that needs at most one decimal. */
export function formatBytes(bytes: number): string {
  for (const unit of ['Ei', 'Pi', 'Ti', 'Gi', 'Mi', 'Ki']) {
    const size = factors[unit] ?? 1
    if (bytes >= size) return `${Math.round((bytes / size) * 10) / 10}${unit}`
  }
  return String(bytes)
}
