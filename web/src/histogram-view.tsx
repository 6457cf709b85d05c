// The last runs as a small picture: height is duration, colour and sign are the result.
import { memo, useMemo } from 'react'
import type { JobRow } from '../../src/deck/wire.ts'
import { duration } from './durations.ts'
import { barsOf } from './histogram.ts'
import { serverNow } from './now.ts'
import { jobAddress, Link } from './router.tsx'

const count = 72
const [width, gap, height] = [5, 2, 40]

export const Histogram = memo(function Histogram({ rows }: { rows: readonly JobRow[] }) {
  const bars = useMemo(() => barsOf(rows, count, serverNow()), [rows])
  if (bars.length === 0) return null
  const total = count * (width + gap)
  const good = bars.filter(({ state }) => state === 'success').length
  const bad = bars.filter(({ state }) => state === 'failure' || state === 'error').length
  const text = `Last ${bars.length === 1 ? 'run' : `${bars.length} runs`}: ${good} passed, ${bad} failed`
  // For everybody who cannot see or click bars, the caption says the same and the table below has the links.
  return (
    <figure className="histogram">
      <svg viewBox={`0 0 ${total} ${height}`} aria-hidden="true" preserveAspectRatio="xMaxYMax meet">
        <path className="ground" d={`M0 ${height - 0.5}H${total}`} />
        {bars.map((bar, at) => {
          const x = (count - bars.length + at) * (width + gap)
          const tall = Math.round(bar.height * (height - 4))
          return (
            <Link key={bar.name} to={jobAddress(bar.name)} tabIndex={-1} className="bar">
              <title>{`${bar.job}: ${bar.state}, ${duration(bar.took)}`}</title>
              <rect x={x - gap / 2} width={width + gap} y="0" height={height} className="hit" />
              <rect x={x} width={width} y={height - tall} height={tall} rx="1.500" className={`fill-${bar.state}`} />
            </Link>
          )
        })}
      </svg>
      <figcaption>{text}</figcaption>
    </figure>
  )
})
