// bowsprit ghproxy: a cache before GitHub that several programs share.
import { resolve } from 'node:path'
import { type GhproxyNeeds, ghproxy } from '../ghproxy/ghproxy.ts'
import { basesOf } from '../github/endpoints.ts'
import { part } from '../up/supervise.ts'
import { command } from './command.ts'
import { flag, UsageError, type Values } from './flags.ts'
import { instrumentationFlags } from './groups.ts'
import { serve } from './serve.ts'

const gibibyte = 1024 ** 3
const memoryBytes = 256 * 1024 * 1024

const ownFlags = {
  port: flag.port({ about: 'Port for the clients.', default: 8888 }),
  host: flag.text({ about: 'Address to listen on; 0.0.0.0 in a Pod.', default: '127.0.0.1' }),
  upstream: flag.text({ about: 'REST endpoint of GitHub.', default: 'https://api.github.com' }),
  'cache-dir': flag.path({ about: 'Folder of the cache, which then outlives the program; else in memory, 256 MiB.' }),
  'cache-sizeGB': flag.number({ about: 'What the cache in that folder may hold.' }),
  concurrency: flag.number({ about: 'Requests under way at once, for each quota.', default: 25 }),
  'throttling-time-ms': flag.number({ about: 'Time between two requests of a quota; needs --get-throttling-time-ms.' }),
  'get-throttling-time-ms': flag.number({ about: 'Time between two of them that only read.' }),
  'throttling-time-v4-ms': flag.number({ about: 'Time between two GraphQL requests; else --throttling-time-ms.' }),
  'throttling-max-delay-duration-seconds': flag.number({ about: 'Longest delay for that reason.', default: 30 }),
  'throttling-max-delay-duration-v4-seconds': flag.number({ about: 'The same for GraphQL.', default: 30 }),
  'request-timeout': flag.number({ about: "Seconds for a client's request with all its waiting.", default: 30 }),
  // There is one cache, always apart by credential; metrics are always served, and never pushed.
  'legacy-disable-disk-cache-partitions-by-auth-header': flag.ignored({ boolean: true }),
  'redis-address': flag.ignored(),
  'redis-username': flag.ignored(),
  'redis-secret-file': flag.ignored(),
  'push-gateway': flag.ignored(),
  'push-gateway-interval': flag.ignored(),
  'serve-metrics': flag.ignored({ boolean: true }),
  'log-level': flag.ignored(),
}

export default command({
  name: 'ghproxy',
  about: 'Serves the API of GitHub to several programs from one cache, so that what has not changed costs no quota.',
  flags: { ...ownFlags, ...instrumentationFlags },
  examples: [
    ['bowsprit ghproxy --cache-dir cache --cache-sizeGB 10', 'Listens on port 8888, and keeps answers in a folder.'],
    [
      'bowsprit crier --github-endpoint http://127.0.0.1:8888 --github-endpoint https://api.github.com --config-path config.yaml --github-token-path token --github-workers 5',
      'A component that uses it, and GitHub itself while it does not answer.',
    ],
  ],
  async run({ flags, machine }) {
    const needs = needsOf(flags, machine.cwd)
    return serve({ name: 'ghproxy', machine, flags }, async () => ({ parts: [part(ghproxy, needs)] }))
  },
})

function needsOf(flags: Values<typeof ownFlags>, cwd: string): GhproxyNeeds {
  const dir = flags['cache-dir']
  const size = flags['cache-sizeGB']
  if ((dir === '') !== size <= 0) throw new UsageError('--cache-dir and --cache-sizeGB go together')
  if (flags.concurrency < 1) throw new UsageError('--concurrency: at least 1 is needed')
  if (flags['request-timeout'] <= 0) throw new UsageError('--request-timeout: a number above 0 is needed')
  const spacing = spacingOf(flags)
  return {
    listen: { host: flags.host, port: flags.port },
    upstream: upstreamOf(flags.upstream),
    cache: dir === '' ? { mostBytes: memoryBytes } : { dir: resolve(cwd, dir), mostBytes: size * gibibyte },
    concurrency: flags.concurrency,
    ...(spacing && { spacing }),
    requestTimeoutMs: flags['request-timeout'] * 1000,
  }
}

function upstreamOf(url: string): string {
  try {
    return basesOf([url])[0] ?? ''
  } catch (error) {
    throw new UsageError(`--upstream: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function spacingOf(flags: Values<typeof ownFlags>): GhproxyNeeds['spacing'] {
  const generalMs = flags['throttling-time-ms']
  const getMs = flags['get-throttling-time-ms']
  if (generalMs <= 0 !== getMs <= 0)
    throw new UsageError('--throttling-time-ms and --get-throttling-time-ms go together')
  if (generalMs <= 0) return undefined
  return {
    rest: { generalMs, getMs, longestMs: flags['throttling-max-delay-duration-seconds'] * 1000 },
    graphql: {
      generalMs: flags['throttling-time-v4-ms'] || generalMs,
      getMs,
      longestMs: flags['throttling-max-delay-duration-v4-seconds'] * 1000,
    },
  }
}
