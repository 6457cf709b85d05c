// Clusters by kubeconfig: which files are read, and what their contexts mean.
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import type { RequestOptions } from 'node:https'
import { join } from 'node:path'
import type { KubeConfig } from '@kubernetes/client-node'
import type { Logger } from 'pino'
import { Counter, type Registry } from 'prom-client'
import type { Clock } from '../system/clock.ts'
import type { Ids } from '../system/ids.ts'
import { type Access, tokenFileAccess } from './access.ts'
import type { Clusters, Kube } from './client.ts'
import { clustersOf } from './clusters.ts'
import { type HttpKube, httpKube } from './http.ts'

/** Which kubeconfig files. */
interface KubeconfigPaths {
  /** One file; empty for none. */
  readonly kubeconfig?: string
  /** A folder of files; empty for none. */
  readonly kubeconfigDir?: string
  /** Only files of the folder with this end. */
  readonly kubeconfigSuffix?: string
  /** KUBECONFIG, HOME, KUBERNETES_SERVICE_HOST, KUBERNETES_SERVICE_PORT. */
  readonly env: Readonly<Record<string, string | undefined>>
}

/** The flags of upstream's `kubernetes` group, and where they apply. */
export interface KubeconfigOptions extends KubeconfigPaths {
  /** Bearer token for the in-cluster configuration. */
  readonly projectedTokenFile?: string
  readonly noInClusterConfig?: boolean
  /** Contexts to leave out. */
  readonly disabledClusters?: readonly string[]
  /** Where a Pod finds its token and CA. */
  readonly serviceAccountDir?: string
  readonly clock: Clock
  readonly ids: Pick<Ids, 'fraction'>
  readonly log: Logger
  readonly metrics: Registry
}

/** A kubeconfig that cannot be used; the message says which file or context and why. */
export class KubeconfigError extends Error {
  override readonly name = 'KubeconfigError'
}

const defaultServiceAccountDir = '/var/run/secrets/kubernetes.io/serviceaccount'

/**
 * Reads the configuration. Nothing is connected yet, so that a cluster that is away delays nobody.
 * @throws KubeconfigError
 */
export async function loadClusters(options: KubeconfigOptions): Promise<Clusters & { close(): Promise<void> }> {
  const { log, disabledClusters = [] } = options
  const made: HttpKube[] = []
  const connect = (cluster: string, server: string, access: () => Access | Promise<Access>) => {
    const kube = httpKube({ cluster, server, access, ...options })
    made.push(kube)
    return kube
  }

  const inCluster = await inClusterConfig(options)
  const byContext: Record<string, Kube> = {}
  const unusable: string[] = []
  let current: string | undefined
  for (const { path, config } of await readFiles(options)) {
    for (const { name } of config.getContexts()) {
      if (disabledClusters.includes(name)) continue
      if (byContext[name]) throw new KubeconfigError(`context ${name} of ${path} is already defined in another file`)
      try {
        const { server, access } = await contextAccess(config, name)
        byContext[name] = connect(name, server, access)
      } catch (err) {
        failures(options.metrics).inc({ cluster: name })
        unusable.push(name)
        log.error({ err, cluster: name, path }, 'cannot use a context; jobs for it will not run')
      }
    }
    if (!disabledClusters.includes(config.getCurrentContext())) current = config.getCurrentContext()
  }

  const infrastructure =
    (inCluster && connect('in-cluster', inCluster.server, inCluster.access)) ??
    byContext[''] ??
    (options.noInClusterConfig ? byContext.default : byContext[current ?? ''])
  if (!infrastructure) {
    throw new KubeconfigError(
      `no cluster to keep ProwJobs in: not inside a cluster, and ${current ? `the current context "${current}" is not usable` : 'no kubeconfig names a current context'}`,
    )
  }
  return {
    ...clustersOf(infrastructure, byContext, unusable),
    async close() {
      await Promise.all(made.map((kube) => kube.close()))
    },
  }
}

async function inClusterConfig({ env, clock, noInClusterConfig, projectedTokenFile, ...options }: KubeconfigOptions) {
  const host = env.KUBERNETES_SERVICE_HOST
  const port = env.KUBERNETES_SERVICE_PORT
  if (noInClusterConfig || !host || !port) return undefined
  const dir = options.serviceAccountDir ?? defaultServiceAccountDir
  const ca = await readFile(join(dir, 'ca.crt'), 'utf8').catch(() => undefined)
  if (ca === undefined) return undefined
  return {
    server: `https://${host.includes(':') ? `[${host}]` : host}:${port}`,
    access: tokenFileAccess(projectedTokenFile || join(dir, 'token'), ca, clock),
  }
}

async function readFiles(options: KubeconfigOptions): Promise<readonly { path: string; config: KubeConfig }[]> {
  const { env, log } = options
  const paths = await givenPaths(options)
  if (paths.length > 0) return Promise.all(paths.map(async (path) => ({ path, config: await readConfig([path]) })))

  const usual = usualPaths(env)
  try {
    return [{ path: usual.join(':'), config: await readConfig(usual) }]
  } catch (err) {
    const level = env.KUBECONFIG ? 'warn' : 'debug'
    log[level]({ err }, 'no kubeconfig in the usual places')
    return []
  }
}

async function givenPaths({ kubeconfig, kubeconfigDir, kubeconfigSuffix = '' }: KubeconfigPaths): Promise<string[]> {
  if (kubeconfigSuffix && !kubeconfigDir) throw new KubeconfigError('--kubeconfig-suffix needs --kubeconfig-dir')
  const paths = kubeconfig ? [kubeconfig] : []
  if (!kubeconfigDir) return paths
  const entries = await readdir(kubeconfigDir, { withFileTypes: true })
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    // A mounted secret keeps its data in folders that begin with two dots.
    if (entry.isDirectory() || entry.name.startsWith('..') || !entry.name.endsWith(kubeconfigSuffix)) continue
    paths.push(join(kubeconfigDir, entry.name))
  }
  return paths
}

const usualPaths = (env: KubeconfigPaths['env']): string[] =>
  env.KUBECONFIG ? env.KUBECONFIG.split(':').filter(Boolean) : [join(env.HOME ?? '', '.kube', 'config')]

/** A text that is the same as long as the files are: their names and contents. Files that cannot be read count as empty. */
export async function kubeconfigState(options: KubeconfigPaths): Promise<string> {
  const given = await givenPaths(options).catch(() => [])
  const paths = given.length > 0 ? given : usualPaths(options.env)
  const texts = await Promise.all(paths.map((path) => readFile(path, 'utf8').catch(() => '')))
  return createHash('sha256')
    .update(JSON.stringify([paths, texts]))
    .digest('hex')
}

// Several files are one configuration in which the first mention of a name holds, as with kubectl.
async function readConfig(paths: readonly string[]): Promise<KubeConfig> {
  // Loaded only here: it takes 90 MB of memory, which a process inside a cluster or on the embedded engine never needs.
  const { KubeConfig } = await import('@kubernetes/client-node')
  let merged: KubeConfig | undefined
  for (const path of paths) {
    const config = new KubeConfig()
    try {
      config.loadFromFile(path)
    } catch (error) {
      throw new KubeconfigError(`${path}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
    }
    if (!merged) merged = config
    else {
      for (const one of config.clusters) if (!merged.getCluster(one.name)) merged.addCluster(one)
      for (const one of config.users) if (!merged.getUser(one.name)) merged.addUser(one)
      for (const one of config.contexts) if (!merged.getContextObject(one.name)) merged.addContext(one)
      if (!merged.getCurrentContext()) merged.setCurrentContext(config.getCurrentContext())
    }
  }
  if (!merged) throw new KubeconfigError('KUBECONFIG names no file')
  return merged
}

async function contextAccess(config: KubeConfig, name: string) {
  const { KubeConfig } = await import('@kubernetes/client-node')
  const context = config.getContextObject(name)
  const cluster = context && config.getCluster(context.cluster)
  if (!cluster)
    throw new KubeconfigError(`context ${name} names the cluster "${context?.cluster}", which is not defined`)
  if (cluster.proxyUrl?.startsWith('socks')) {
    throw new KubeconfigError(`cluster ${cluster.name} wants a SOCKS proxy, which is not supported; use an HTTP proxy`)
  }
  const user = config.getUser(context.user) ?? { name: '' }
  const one = new KubeConfig()
  // The library refuses plain HTTP unless told that nothing is verified, which is so where there is no TLS.
  one.loadFromClusterAndUser(cluster.server.startsWith('http:') ? { ...cluster, skipTLSVerify: true } : cluster, user)
  return {
    server: cluster.server,
    // Plugins and token files are asked at each request; the library keeps what has not expired.
    async access(): Promise<Access> {
      const request: RequestOptions & { headers: Record<string, string> } = { headers: {} }
      await one.applyToHTTPSOptions(request)
      const { ca, cert, key, pfx, passphrase, rejectUnauthorized, servername, auth, headers } = request
      return {
        headers: {
          ...Object.fromEntries(Object.entries(headers).map(([header, value]) => [header.toLowerCase(), value.trim()])),
          ...(auth ? { authorization: `Basic ${Buffer.from(auth).toString('base64')}` } : {}),
        },
        tls: Object.fromEntries(
          Object.entries({ ca, cert, key, pfx, passphrase, rejectUnauthorized, servername }).flatMap(([name, value]) =>
            value === undefined ? [] : [[name, value instanceof Buffer && name !== 'pfx' ? value.toString() : value]],
          ),
        ),
        ...(cluster.proxyUrl ? { proxy: cluster.proxyUrl } : {}),
      }
    },
  }
}

function failures(registry: Registry): Counter<'cluster'> {
  const name = 'kubernetes_failed_client_creations'
  const known = registry.getSingleMetric(name)
  if (known instanceof Counter) return known
  return new Counter({
    name,
    help: 'Build clusters for which no client could be made.',
    labelNames: ['cluster'],
    registers: [registry],
  })
}
