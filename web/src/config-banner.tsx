// Says on every page that the newest configuration is broken and where, so that nobody wonders why an edit has no effect.
import { useQuery } from '@tanstack/react-query'
import type { ConfigState } from '../../src/deck/wire.ts'
import { getJson } from './api.ts'

/** Time between two looks while the page is seen, in milliseconds. */
const lookEveryMs = 15_000

export function ConfigBanner() {
  const { data } = useQuery({
    queryKey: ['config-problems'],
    queryFn: ({ signal }) => getJson<ConfigState>('/api/config-problems', signal),
    refetchInterval: lookEveryMs,
  })
  if (!data || data.count === 0) return null
  const { count, problems, inForceSince } = data
  return (
    <div className="config-banner" role="status">
      <details>
        <summary>
          The newest configuration is broken and has no effect: {count === 1 ? '1 problem' : `${count} problems`}. The
          one of {new Date(inForceSince).toLocaleString()} stays in force.
        </summary>
        <ul>
          {problems.map(({ file, line, column, field, message, hint }) => (
            <li key={`${file} ${line} ${column} ${field} ${message}`}>
              {file !== '' && (
                <code>
                  {file}:{line}:{column}
                </code>
              )}{' '}
              {field !== '' && <strong>{field}: </strong>}
              {message}
              {hint !== '' && ` (${hint})`}
            </li>
          ))}
          {count > problems.length && <li>and {count - problems.length} more</li>}
        </ul>
      </details>
    </div>
  )
}
