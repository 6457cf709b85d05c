// What went wrong, in words that say what to do: the operating system's own names for it help nobody.
import { printable } from '../up/printable.ts'

/**
 * The sentence for an error that ends a command. Lines stay lines; nothing in them moves the cursor of a terminal, since
 * errors quote files and answers of others.
 * @param values Of the command's flags, for naming the one to change.
 */
export const explain = (error: unknown, values: Readonly<Record<string, unknown>>): string =>
  sentence(error, values).split('\n').map(printable).join('\n')

function sentence(error: unknown, values: Readonly<Record<string, unknown>>): string {
  if (!(error instanceof Error)) return String(error)
  const { code, port, address } = error as NodeJS.ErrnoException & { port?: unknown; address?: unknown }
  if (code === 'EADDRINUSE')
    return `port ${port} of ${address} is taken by another program: stop that, or choose another port with ${named(port, values)}`
  if (code === 'EACCES' && typeof port === 'number')
    return `port ${port} of ${address} needs more rights than this program has: choose one from 1024 on with ${named(port, values)}`
  if (code === 'EADDRNOTAVAIL') return `${address} is not an address of this machine: choose another with --host`
  return error.message
}

/** The flags whose value it is. */
function named(value: unknown, values: Readonly<Record<string, unknown>>): string {
  const flags = Object.keys(values).filter((flag) => flag.endsWith('port') && values[flag] === value)
  return flags.map((flag) => `--${flag}`).join(' or ') || 'its flag'
}
