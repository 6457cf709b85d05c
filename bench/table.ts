// What every benchmark prints: a table of medians with their spread, on a named machine.
import { arch, cpus, loadavg, platform, totalmem } from 'node:os'

/** One measured thing. */
export interface Row {
  readonly what: string
  readonly unit: string
  /** One value per run. */
  readonly values: readonly number[]
  /** What was aimed for, as text; shown beside, never judged. */
  readonly aim?: string
  /** The alternative that was measured in the same run. */
  readonly against?: { readonly name: string; readonly values: readonly number[] }
}

/** Middle value; of an even number the mean of the two in the middle. NaN of nothing. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

/** Value below which the fraction `q` of the values lies, interpolated. NaN of nothing. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (sorted.length - 1) * q
  const low = sorted[Math.floor(at)] ?? Number.NaN
  const high = sorted[Math.ceil(at)] ?? Number.NaN
  return low + (high - low) * (at - Math.floor(at))
}

/** Three significant digits, thousands separated. */
export const figure = (value: number): string =>
  Number.isFinite(value) ? value.toLocaleString('en', { maximumSignificantDigits: value >= 1000 ? 4 : 3 }) : '–'

// Before the benchmark itself loads the machine. What others do on it at the same time makes every figure worse.
const loadBefore = loadavg()[0] ?? 0

/** The rows as a Markdown table under a title that names the machine, and how busy it was before. */
export function table(title: string, rows: readonly Row[]): string {
  const machine = `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'cpu'}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${platform()} ${arch()}, Node ${process.versions.node}; load before: ${loadBefore.toFixed(1)}`
  const head = ['what', 'median', 'min – max', 'runs', 'aim', 'alternative', 'ratio']
  const body = rows.map(({ what, unit, values, aim, against }) => [
    what,
    `${figure(median(values))} ${unit}`,
    `${figure(Math.min(...values))} – ${figure(Math.max(...values))}`,
    String(values.length),
    aim ?? '',
    against ? `${against.name}: ${figure(median(against.values))} ${unit}` : '',
    against ? `${figure(median(values) / median(against.values))}×` : '',
  ])
  const widths = head.map((cell, column) => Math.max(cell.length, ...body.map((row) => row[column]?.length ?? 0)))
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`
  const rule = `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`
  return [`## ${title}`, '', machine, '', line(head), rule, ...body.map(line), ''].join('\n')
}

/** Shows what a long benchmark is doing. */
export function progress(text: string): void {
  process.stderr.write(`… ${text}\n`)
}
