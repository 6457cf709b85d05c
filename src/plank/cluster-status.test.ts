// The cluster status file: what is said of clusters that work, refuse, fail, or cannot be used.
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { KubeError } from '../kube/client.ts'
import { clustersOf } from '../kube/clusters.ts'
import { type Storage, StorageError } from '../storage/storage.ts'
import { testClock } from '../testing/clock.ts'
import { snapshot } from '../testing/config.ts'
import { type MemoryKube, memoryKube } from '../testing/memory-kube.ts'
import { type AccessReview, keepClusterStatus } from './cluster-status.ts'

type Answer = (verb: string, namespace: string) => boolean
function scene() {
  const clock = testClock()
  const cluster = (name: string, answer?: Answer): MemoryKube => {
    const kube = memoryKube({ clock, cluster: name })
    if (!answer) return kube
    return {
      ...kube,
      async create(kind, object) {
        const review = object as unknown as AccessReview
        const { verb, namespace, resource } = review.spec.resourceAttributes
        expect([kind.group, kind.version, kind.plural, kind.namespaced]).toEqual([
          'authorization.k8s.io',
          'v1',
          'selfsubjectaccessreviews',
          false,
        ])
        expect([review.apiVersion, review.kind]).toEqual(['authorization.k8s.io/v1', kind.kind])
        expect(resource).toBe('pods')
        return { ...object, status: { allowed: answer(verb, namespace) } }
      },
    }
  }
  const written: { url: string; content: string; cacheControl: string | undefined }[] = []
  const broken = { until: 0 }
  const storage = {
    async write(url, content, options) {
      if (broken.until-- > 0) throw new StorageError('failed', url, 'no')
      written.push({ url, content: String(content), cacheControl: options?.cacheControl })
    },
  } as Pick<Storage, 'write'> as Storage
  const end = new AbortController()
  let file: string | undefined = 's3://bucket/dir/status.json'
  const { config } = snapshot()
  return {
    clock,
    cluster,
    written,
    broken,
    end,
    configure: (url: string | undefined) => {
      file = url
    },
    start: (clusters: ReturnType<typeof clustersOf>) =>
      keepClusterStatus(
        {
          clusters,
          config: () => ({
            ...config,
            plank: { ...config.plank, ...(file === undefined ? {} : { build_cluster_status_file: file }) },
          }),
          storage,
          clock,
          log: pino({ enabled: false }),
        },
        end.signal,
      ),
  }
}
const away = () => {
  throw new Error('away')
}

test('each known cluster has its line', async () => {
  const { cluster, start, clock, written, end } = scene()
  const verbs = new Set<string>()
  const infra = cluster('infra', (verb, namespace) => namespace === 'test-pods' && Boolean(verbs.add(verb)))
  const builds = {
    a: infra,
    b: cluster('b', away),
    c: cluster('c', (verb) => verb !== 'watch'),
    mixed: cluster('mixed', (verb) => (verb === 'get' ? away() : verb !== 'list')),
  }
  const done = start(clustersOf(infra, builds, ['d']))
  await clock.advance(0)
  expect(written).toHaveLength(1)
  const [{ url, content, cacheControl } = { url: '', content: '', cacheControl: '' }] = written
  expect([url, cacheControl]).toEqual(['s3://bucket/dir/status.json', 'no-cache'])
  expect(content).toBe(
    '{"":"Reachable","a":"Reachable","b":"Error","c":"MissingPermissions","d":"No-Manager","default":"Reachable","mixed":"MissingPermissions"}',
  )
  expect([...verbs].sort()).toEqual(['create', 'delete', 'get', 'list', 'patch', 'watch'])
  end.abort()
  await done
})

test('a server that has no access reviews forbids nothing', async () => {
  const { cluster, start, clock, written } = scene()
  const embedded = cluster('embedded', () => {
    throw new KubeError(404, 'NotFound', 'the server could not find the requested resource')
  })
  void start(clustersOf(embedded))
  await clock.advance(0)
  expect(written[0]?.content).toBe('{"":"Reachable","default":"Reachable"}')
})

test('it is written each minute while the configuration names it, also after a failure', async () => {
  const { cluster, start, clock, written, broken, configure } = scene()
  broken.until = 1
  void start(clustersOf(cluster('infra', () => true)))
  await clock.advance('59s')
  expect(written).toHaveLength(0)
  await clock.advance('2m')
  expect(written).toHaveLength(2)
  configure(undefined)
  await clock.advance('10m')
  expect(written).toHaveLength(2)
  configure('gs://b/other.json')
  await clock.advance('1m')
  expect(written.at(-1)?.url).toBe('gs://b/other.json')
})
