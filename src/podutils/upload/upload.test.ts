// The uploader: what goes where, in which order, and what happens when it does not go at all.
import { once } from 'node:events'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { dirname } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { JobSpec, UploaderOptions } from '../../api/pod-utilities.ts'
import { StorageError } from '../../storage/storage.ts'
import { settle } from '../../testing/clock.ts'
import { createLog } from '../log.ts'
import { slots } from '../slots.ts'
import { type MemoryStorage, memoryStorage } from '../testing/memory-storage.ts'
import { type TestWorld, testWorld } from '../testing/world.ts'
import { storedAs, wantsCompression } from './names.ts'
import { checkUploader, uploaderFromFlags } from './options.ts'
import { type Upload, upload } from './upload.ts'

let world: TestWorld
let bucket: MemoryStorage
beforeEach(() => {
  world = testWorld()
  bucket = memoryStorage()
})
afterEach(() => world.remove())

const presubmit: JobSpec = {
  type: 'presubmit',
  job: 'pull-foo',
  buildid: '42',
  refs: { org: 'o', repo: 'r', pulls: [{ number: 7, author: 'al', sha: 'p1' }] },
}
const periodic: JobSpec = { type: 'periodic', job: 'ci', buildid: '42' }
const gs: UploaderOptions = { bucket: 'gs://b', path_strategy: 'explicit' }
const run = (more: Partial<Upload> = {}) =>
  upload({
    spec: periodic,
    options: gs,
    storage: async () => bucket,
    clock: world.clock,
    log: createLog('test', world.clock, (line) => void world.stderr(line)),
    ...more,
  })
function file(name: string, content: string | Uint8Array = name): string {
  mkdirSync(dirname(world.path(name)), { recursive: true })
  writeFileSync(world.path(name), content)
  return world.path(name)
}
const extra = (name: string, content = '') => ({ name, content: async () => content })
const written = () => [...bucket.written].sort()

describe('pointers', () => {
  test('of a presubmit: alias and two files with the newest build, none of them prefixed', async () => {
    await run({ spec: presubmit, options: { ...gs, path_prefix: 'x', sub_dir: 'y' } })
    expect(written()).toEqual([
      'gs://b/pr-logs/directory/pull-foo/42.txt',
      'gs://b/pr-logs/directory/pull-foo/latest-build.txt',
      'gs://b/pr-logs/pull/o_r/7/pull-foo/latest-build.txt',
    ])
    const alias = bucket.objects.get('gs://b/pr-logs/directory/pull-foo/42.txt')
    expect(alias?.content.toString()).toBe('gs://b/x/pr-logs/pull/o_r/7/pull-foo/42')
    expect(alias?.options.metadata).toEqual({ 'x-goog-meta-link': 'gs://b/x/pr-logs/pull/o_r/7/pull-foo/42' })
  })

  test.each([
    ['batch', 1],
    ['periodic', 1],
    ['postsubmit', 1],
  ] as const)('of a %s', async (type, count) => {
    await run({ spec: { ...presubmit, type } })
    expect(written()).toHaveLength(count)
  })

  test('are not written in local mode', async () => {
    await run({ spec: presubmit, options: { local_output_dir: '/out/' }, extras: [extra('started.json')] })
    expect(written()).toEqual(['/out/started.json'])
  })

  test.each([
    ['an older build that ends leaves the newer', '1900000000000000043', '1900000000000000042', '1900000000000000043'],
    ['a newer build takes over', '9', '10', '10'],
    ['the same build may write again', '42', '42', '42'],
    ['nonsense is replaced', 'nonsense', '42', '42'],
  ])('%s', async (_why, before, buildid, after) => {
    await bucket.write('gs://b/logs/ci/latest-build.txt', `${before}\n`)
    await run({ spec: { ...periodic, buildid } })
    expect(bucket.text('gs://b/logs/ci/latest-build.txt')?.trim()).toBe(after)
  })
})

describe('items', () => {
  test('are files, and folders with all that is below them', async () => {
    file('artifacts/a.txt')
    file('artifacts/deep/er/b', '')
    const items = [world.path('artifacts'), file('single.json'), world.path('missing')]
    await run({ options: { ...gs, bucket: 'b', items, sub_dir: 'sub' } })
    const base = 'gs://b/logs/ci/42/sub'
    expect(written()).toEqual([
      'gs://b/logs/ci/42/sub/artifacts/a.txt',
      `${base}/artifacts/deep/er/b`,
      `${base}/single.json`,
      'gs://b/logs/ci/latest-build.txt',
    ])
    expect(bucket.text(`${base}/artifacts/deep/er/b`)).toBe('')
    expect(world.printed.stderr).toContain('Could not find the item to upload')
  })

  test('with odd names keep them, except for # in a folder', async () => {
    const names = ['escape#me/foo', 'what?.txt', '100%.txt', 'a b']
    for (const name of names) file(`artifacts/${name}`)
    const items = [world.path('artifacts')]
    await run({ options: { ...gs, items } })
    expect(written()).toEqual(expect.arrayContaining(names.map((name) => `gs://b/logs/ci/42/artifacts/${name}`)))
    await run({ options: { local_output_dir: '/out', items } })
    expect(written()).toContain('/out/artifacts/escape%23me/foo')
  })

  test('that share a name after losing .gz: the first wins', async () => {
    file('artifacts/foo.log', 'plain')
    file('artifacts/foo.log.gz', 'compressed')
    await run({ options: { ...gs, items: [world.path('artifacts')] } })
    expect(bucket.text('gs://b/logs/ci/42/artifacts/foo.log')).toBe('plain')
    expect(world.printed.stderr).toContain('Skipped a file whose name is taken')
  })

  test('that are links are followed within the item and refused beyond', async () => {
    file('secrets/service-account.json', 'secret')
    file('artifacts/real.txt', 'real')
    symlinkSync('real.txt', world.path('artifacts/inside'))
    symlinkSync('../secrets/service-account.json', world.path('artifacts/outside'))
    symlinkSync(world.path('secrets'), world.path('artifacts/folder'))
    symlinkSync('nowhere', world.path('artifacts/dangling'))
    symlinkSync('.', world.path('artifacts/loop'))
    await run({ options: { ...gs, items: [world.path('artifacts')] } })
    expect(written()).toEqual([
      'gs://b/logs/ci/42/artifacts/inside',
      'gs://b/logs/ci/42/artifacts/real.txt',
      'gs://b/logs/ci/latest-build.txt',
    ])
    expect([...bucket.objects.values()].map(({ content }) => content.toString())).not.toContain('secret')
  })

  test('that are links themselves do not lead away', async () => {
    file('secrets/key', 'secret')
    mkdirSync(world.path('logs'))
    symlinkSync(world.path('secrets'), world.path('logs/artifacts'))
    await run({ options: { ...gs, items: [world.path('logs/artifacts')] } })
    expect(written()).toEqual(['gs://b/logs/ci/latest-build.txt'])
  })

  test('that are neither file nor folder are left out', async () => {
    mkdirSync(world.path('artifacts'))
    const socket = createServer().listen(world.path('artifacts/socket'))
    await once(socket, 'listening')
    await run({ options: { ...gs, items: [world.path('artifacts')] } })
    expect(written()).toEqual(['gs://b/logs/ci/latest-build.txt'])
    expect(world.messages()).toContain('Skipped something that is neither file nor folder')
    socket.close()
  })
})

test.each([
  ['a.txt', { name: 'a.txt', contentType: 'text/plain; charset=utf-8' }],
  ['build-log.txt.gzip', { name: 'build-log.txt', contentType: 'text/plain; charset=utf-8', contentEncoding: 'gzip' }],
  ['build-log.gz', { name: 'build-log', contentType: 'application/gzip' }],
  ['dir.gz/x', { name: 'dir.gz/x' }],
  ['dir/.gz', { name: 'dir/.gz', contentType: 'application/gzip' }],
  ['gz', { name: 'gz' }],
  ['.', { name: '.' }],
  ['', { name: '' }],
  ['a.log', { name: 'a.log', contentType: 'text/x-log; charset=utf-8' }],
])('%s is stored as %j', (name, want) => expect(storedAs(name, { log: 'text/x-log' })).toEqual(want))

describe('compression', () => {
  test.each([
    ['a', ['*'], true],
    ['a.txt', ['txt'], true],
    ['a.txt', ['log'], false],
    ['a.gz', ['*', 'gz'], false],
    ['a.gzip', ['*'], false],
  ])('of %s with %j: %s', (name, types, want) => expect(wantsCompression(name, types)).toBe(want))

  const large = 'x'.repeat(1100)
  test.each<[string, string | Uint8Array, boolean]>([
    ['25 bytes', 'x'.repeat(25), false],
    ['1024 bytes', 'x'.repeat(1024), false],
    ['1100 bytes', large, true],
    ['100,000 bytes', 'y'.repeat(100_000), true],
    ['gzip', Buffer.concat([gzipSync(large), Buffer.alloc(2000)]), false],
    ['nothing', '', false],
  ])('of %s', async (_what, content, compressed) => {
    const items = [file('a.log', content)]
    await run({ options: { ...gs, items, compress_file_types: ['*'] }, extras: [extra('b.json', large)] })
    const stored = bucket.objects.get('gs://b/logs/ci/42/a.log')
    expect(stored?.options.contentEncoding).toBe(compressed ? 'gzip' : undefined)
    const read = compressed ? gunzipSync(stored?.content ?? '') : stored?.content
    expect(read?.equals(Buffer.from(content))).toBe(true)
    expect(bucket.objects.get('gs://b/logs/ci/42/b.json')?.options).toEqual({
      contentEncoding: 'gzip',
      contentType: 'application/json',
    })
  })

  test('is left out where a reader could not be told', async () => {
    const items = [file('a.log', large)]
    await run({ options: { ...gs, bucket: 'file:///b', items, compress_file_types: ['*'] } })
    expect(bucket.text('file:///b/logs/ci/42/a.log')).toBe(large)
  })
})

describe('order and failures', () => {
  test('extras come after items and pointers, the verdict after all', async () => {
    await run({
      options: { ...gs, items: [file('a')] },
      extras: [extra('build-log.txt'), extra('b')],
      last: [extra('finished.json')],
    })
    const names = bucket.written.map((url) => url.split('/').at(-1))
    expect(names.slice(0, 2).sort()).toEqual(['a', 'latest-build.txt'])
    expect(names.slice(2, 4).sort()).toEqual(['b', 'build-log.txt'])
    expect(names[4]).toBe('finished.json')
  })

  test('a failing upload is tried again', async () => {
    let left = 1
    bucket.beforeWrite = () => {
      if (left-- > 0) throw new Error('connection reset')
    }
    const running = run()
    await world.until(() => world.clock.waiting === 1)
    await world.clock.advance('1s')
    await running
    expect(written()).toEqual(['gs://b/logs/ci/latest-build.txt'])
  })

  test('one that always fails is given up after 4 attempts, 1, 4 and 9 s apart, and stops nothing else', async () => {
    const attempts: number[] = []
    bucket.beforeWrite = (url) => {
      if (!url.endsWith('/bad')) return
      attempts.push(world.clock.now())
      throw new Error('no')
    }
    const failed = expect(
      run({ options: { ...gs, items: [file('bad'), file('good')] }, last: [extra('finished.json')] }),
    ).rejects.toThrow('encountered errors during upload: [gs://b/logs/ci/42/bad: no]')
    for (const seconds of [1, 4, 9]) {
      await world.until(() => world.clock.waiting === 1)
      await world.clock.advance(`${seconds}s`)
    }
    await failed
    const [first = 0] = attempts
    expect(attempts.map((at) => at - first)).toEqual([0, 1000, 5000, 14_000])
    expect(written()).toContain('gs://b/logs/ci/42/good')
    expect(written()).toContain('gs://b/logs/ci/42/finished.json')
  })

  test('a file that cannot be opened fails like one that cannot be written', async () => {
    const failing = { name: 'x', content: () => Promise.reject(new Error('cannot open')) }
    const failed = expect(run({ extras: [failing] })).rejects.toThrow('cannot open')
    for (const seconds of [1, 4, 9]) {
      await world.until(() => world.clock.waiting === 1)
      await world.clock.advance(`${seconds}s`)
    }
    await failed
  })

  test('a bucket that nobody can open is not tried again', async () => {
    bucket.beforeWrite = (url) => {
      throw new StorageError('invalid', url, 'gs:// buckets are not supported')
    }
    await expect(run()).rejects.toThrow('not supported')
  })

  test('four at once', async () => {
    let inFlight = 0
    const gate = Promise.withResolvers<void>()
    bucket.beforeWrite = () => {
      inFlight++
      return gate.promise
    }
    const uploading = run({ options: { ...gs, items: Array.from({ length: 10 }, (_, n) => file(`f${n}`)) } })
    await world.until(() => inFlight === 4)
    await settle(50)
    expect(inFlight).toBe(4)
    gate.resolve()
    await uploading
    expect(written()).toHaveLength(11)
  })

  test('slots go to who waits longest', async () => {
    const slot = slots(1)
    const order: number[] = []
    await Promise.all([1, 2, 3].map((n) => slot(async () => order.push(n))))
    expect(order).toEqual([1, 2, 3])
  })

  test('an abort ends what is in flight and what waits', async () => {
    const abort = new AbortController()
    bucket.beforeWrite = () => {
      throw new Error('no')
    }
    const failed = expect(run({ signal: abort.signal })).rejects.toThrow()
    await world.until(() => world.clock.waiting === 1)
    abort.abort(new Error('interrupted'))
    await failed
    expect(written()).toEqual([])
  })

  test('a dry run only tells', async () => {
    await run({ options: { ...gs, dry_run: true, items: [file('a')] } })
    expect(written()).toEqual([])
    expect(world.messages().filter((msg) => msg === 'Would upload')).toHaveLength(2)
  })
})

describe('options', () => {
  test.each<[UploaderOptions, string]>([
    [{ path_strategy: 'explicit' }, 'no bucket'],
    [{ ...gs, bucket: '://bucket' }, 'invalid bucket "://bucket"'],
    [{ ...gs, path_strategy: 'odd' }, 'invalid path_strategy "odd"'],
    [{ ...gs, path_strategy: 'legacy', default_org: 'o' }, 'needs default_org and default_repo'],
    [{ ...gs, mediaTypes: { log: 'text' } }, 'invalid media type "text"'],
  ])('%j are refused', (options, why) => expect(() => checkUploader(options)).toThrow(why))

  test.each<[UploaderOptions]>([
    [{ local_output_dir: '/out' }],
    [{ path_strategy: 'explicit', dry_run: true }],
    [{ ...gs, mediaTypes: { log: 'text/plain; charset=utf-8' } }],
  ])('%j are fine', (options) => expect(() => checkUploader(options)).not.toThrow())

  test('from flags', () => {
    expect(
      uploaderFromFlags(['--gcs-path=gs://b/a/b', '--media-type=log:text/plain', '--dry-run=false', 'x', 'y']),
    ).toMatchObject({
      bucket: 'gs://b',
      path_prefix: 'a/b',
      path_strategy: 'explicit',
      mediaTypes: { log: 'text/plain' },
      dry_run: false,
      items: ['x', 'y'],
    })
    expect(uploaderFromFlags([]).dry_run).toBe(true)
    expect(() => uploaderFromFlags(['--media-type=log'])).toThrow('extension:type')
  })
})
