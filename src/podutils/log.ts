// Log lines of the pod utilities: JSON objects as upstream's log viewers know them.
import type { Clock } from '../system/clock.ts'

type Level = 'debug' | 'info' | 'warning' | 'error' | 'fatal'
type Fields = Readonly<Record<string, unknown>>

/** Each call writes one line. `fatal` is for the last words before the program ends; it does not end it. */
export interface Log {
  debug(msg: string, fields?: Fields): void
  info(msg: string, fields?: Fields): void
  warn(msg: string, fields?: Fields): void
  error(msg: string, fields?: Fields): void
  fatal(msg: string, fields?: Fields): void
}

/** @param write Gets each line with its newline. */
export function createLog(component: string, clock: Clock, write: (line: string) => void): Log {
  const at = (level: Level) =>
    function log(msg: string, fields: Fields = {}) {
      const time = new Date(clock.now()).toISOString()
      const line = { ...fields, ...caller(log), component, level, msg, severity: level, time }
      const sorted = Object.entries(line).sort(([a], [b]) => (a < b ? -1 : 1))
      write(`${JSON.stringify(Object.fromEntries(sorted.map(([key, value]) => [key, plain(value)])))}\n`)
    }
  return { debug: at('debug'), info: at('info'), warn: at('warning'), error: at('error'), fatal: at('fatal') }
}

/** What an unknown thrown value has to say. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

const plain = (value: unknown) => (value instanceof Error ? value.message : value)

/** Where the line was written: the frame above `log`. */
function caller(log: (msg: string) => void): { file?: string; func?: string } {
  const holder: { stack?: string } = {}
  Error.captureStackTrace(holder, log)
  const frame = holder.stack?.split('\n')[1] ?? ''
  const [, func, file] = /at (?:async )?(?:(.*?) \()?(?:file:\/\/)?(\/.*?:\d+):\d+\)?$/.exec(frame) ?? []
  return { ...(file ? { file } : {}), ...(func ? { func } : {}) }
}
