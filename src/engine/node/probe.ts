// Finds out, once at the start, how containers can be kept apart here: by running one and looking at what it sees.
import { mkdir, rm } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import type { Logger } from 'pino'
import { findTools, type Isolation } from './isolation.ts'
import { type HostMount, isWithin, parseMountTable } from './mount-table.ts'
import { isRoot, type ProcessRuntimeOptions, processRuntime } from './process-runtime.ts'

/** Chooses the isolation and says so in one line of the log. `dir` is a scratch directory. */
export async function chooseIsolation(
  wanted: 'auto' | 'off',
  dir: string,
  places: Omit<ProcessRuntimeOptions, 'isolation'>,
  log: Logger,
): Promise<Isolation> {
  const tried = wanted === 'off' ? 'switched off' : await tryNamespaces(dir, places)
  if (typeof tried !== 'string') {
    log.info({ isolation: tried.kind, privileged: tried.privileged }, 'containers get namespaces of their own')
    return tried
  }
  log.warn(
    { isolation: 'mapping', because: tried },
    'containers are not isolated: their paths are mapped onto directories',
  )
  return { kind: 'mapping' }
}

/** The namespaces that work here, or why none do. */
export async function tryNamespaces(
  dir: string,
  places: Omit<ProcessRuntimeOptions, 'isolation'>,
): Promise<Extract<Isolation, { kind: 'namespaces' }> | string> {
  const tools = await findTools()
  if (typeof tools === 'string') return tools
  const isolation = { kind: 'namespaces', privileged: isRoot(), tools } as const
  const runtime = processRuntime({ ...places, isolation })
  await mkdir(dir, { recursive: true })
  try {
    const launched = await runtime.launch({
      dir,
      image: '',
      command: ['cat', '/proc/self/mountinfo'],
      args: [],
      env: { PATH: '/usr/bin:/bin' },
      mounts: [],
      user: {},
      spawned: () => {},
    })
    if ('refused' in launched) return launched.refused.message
    launched.stderr.resume()
    const seen = await text(launched.stdout)
    const exit = await launched.exited
    if (exit.code !== 0) return `a container that looks at its mounts ended with ${exit.code ?? exit.signal}`
    const open = writable(parseMountTable(seen))
    return open.length === 0 ? isolation : `${open.join(', ')} could not be made read-only`
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

// The container's own, and the kernel's file systems with rules of their own.
const own = ['/tmp', '/var/tmp', '/home/prow', '/proc', '/dev', '/sys']

function writable(mounts: readonly HostMount[]): string[] {
  return mounts
    .filter(({ path, options }) => !options.includes('ro') && !own.some((dir) => isWithin(path, dir)))
    .map(({ path }) => path)
}
