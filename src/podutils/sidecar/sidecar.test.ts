// sidecar, with markers, logs and artifacts as tests leave them.
import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { SidecarOptions, WrapperOptions } from '../../api/pod-utilities.ts'
import { entrypoint } from '../entrypoint/entrypoint.ts'
import { beatMs, heartbeatFile } from '../heartbeat.ts'
import { type MemoryStorage, memoryStorage } from '../testing/memory-storage.ts'
import { messagesOf, type TestWorld, testWorld } from '../testing/world.ts'
import { mergedMetadata } from './metadata.ts'
import { sidecar } from './sidecar.ts'
import { lookBeforeLost, verdictOf } from './wait.ts'

let world: TestWorld
let bucket: MemoryStorage
const refs = { org: 'o', repo: 'r', base_ref: 'main', base_sha: 'b1', pulls: [{ number: 7, author: 'al', sha: 'p1' }] }
beforeEach(() => {
  bucket = memoryStorage()
  world = Object.assign(testWorld(1_700_000_360_000), { storage: async () => bucket })
  world.env.JOB_SPEC = JSON.stringify({ type: 'presubmit', job: 'pull-foo', buildid: '42', refs })
  mkdirSync(world.path('logs/artifacts'), { recursive: true })
})
afterEach(() => world.remove())

const entry = (name = 'test', single = true): WrapperOptions => ({
  args: ['make', name],
  container_name: name,
  process_log: world.path('logs', single ? 'process-log.txt' : `${name}-log.txt`),
  marker_file: world.path('logs', single ? 'marker-file.txt' : `${name}-marker.txt`),
  metadata_file: world.path('logs/artifacts', single ? 'metadata.json' : `${name}-metadata.json`),
})
const two = () => [entry('a', false), entry('b', false)]
function run(more: Partial<SidecarOptions> = {}): Promise<number> {
  const options: SidecarOptions = {
    gcs_options: { items: [world.path('logs/artifacts')], bucket: 'gs://b', path_strategy: 'explicit', dry_run: false },
    entries: [entry()],
    censoring_options: {},
    ...more,
  }
  world.env.SIDECAR_OPTIONS = JSON.stringify(options)
  return sidecar(world, [])
}
function write(path: string, content = ''): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content)
}
const mark = (code: string, one = entry()) => write(one.marker_file, code)
const folder = 'gs://b/pr-logs/pull/o_r/7/pull-foo/42'
const uploaded = (name: string) => bucket.text(`${folder}/${name}`)
const finished = () => JSON.parse(uploaded('finished.json') ?? 'null')

describe('a run that has ended', () => {
  test('is uploaded, the verdict last', async () => {
    mark('0\n')
    write(entry().process_log, 'all is well\n')
    write(world.path('logs/artifacts/junit.xml'), '<testsuite/>')
    write(entry().metadata_file, '{"colour":"blue"}')
    expect(await run()).toBe(0)
    expect(uploaded('build-log.txt')).toBe('all is well\n')
    expect(uploaded('artifacts/junit.xml')).toBe('<testsuite/>')
    expect(uploaded('artifacts/metadata.json')).toBe('{"colour":"blue"}')
    expect(uploaded('finished.json')).toBe(
      '{"timestamp":1700000360,"passed":true,"metadata":{"colour":"blue"},"result":"SUCCESS","revision":"p1"}',
    )
    expect(bucket.written.at(-1)).toBe(`${folder}/finished.json`)
    expect(messagesOf(uploaded('sidecar-logs.json') ?? '')).toContain('Finished upload')
    expect(bucket.text('gs://b/pr-logs/pull/o_r/7/pull-foo/latest-build.txt')).toBe('42')
  })

  test('without a log says so in its place', async () => {
    mark('1')
    await run()
    expect(uploaded('build-log.txt')).toMatch(/^Failed to open .*process-log\.txt: ENOENT.*\n$/)
    expect(finished()).toMatchObject({ passed: false, result: 'FAILURE' })
  })

  test('with several tests has a log of each', async () => {
    for (const [index, one] of two().entries()) {
      mark(String(index * 130), one)
      write(one.process_log, one.container_name)
      write(one.metadata_file, JSON.stringify({ [`only ${index}`]: true, both: index }))
    }
    expect(await run({ entries: two(), entry_error: true })).toBe(1)
    expect([uploaded('a-build-log.txt'), uploaded('b-build-log.txt')]).toEqual(['a', 'b'])
    expect(finished()).toMatchObject({ result: 'ABORTED', metadata: { 'only 0': true, 'only 1': true, both: 1 } })
  })

  test('does not publish what its log or metadata are made to point to', async () => {
    write(world.path('secrets/key.json'), '{"key":"secret"}')
    mark('0')
    symlinkSync(world.path('secrets/key.json'), entry().process_log)
    symlinkSync(world.path('secrets/key.json'), entry().metadata_file)
    await run()
    expect(bucket.written.length).toBeGreaterThan(0)
    for (const url of bucket.written) expect(bucket.text(url)).not.toContain('"secret"')
  })

  test('that cannot be uploaded is logged, and the job stays what it is', async () => {
    mark('0')
    bucket.beforeWrite = () => {
      throw new Error('no bucket')
    }
    expect(await world.patiently(run())).toBe(0)
    expect(world.messages()).toContain('Failed to report job status')
  })
})

describe('waiting', () => {
  test('lasts until all markers are there', async () => {
    let done = false
    const running = run({ entries: two() }).finally(() => {
      done = true
    })
    mark('0', two()[0])
    await world.until(() => world.clock.waiting > 0)
    await world.clock.advance('1h')
    expect(done).toBe(false)
    mark('0', two()[1])
    await world.clock.advance('10s')
    await running
    expect(finished().passed).toBe(true)
  })

  test('ends when the heartbeat of entrypoint stands still, with a verdict and the reason in the log', async () => {
    write(entry().process_log, 'eating memory\n')
    write(heartbeatFile(entry().marker_file), '7')
    const running = run()
    for (let look = 0; look < lookBeforeLost; look++) {
      await world.until(() => world.clock.waiting > 0)
      expect(bucket.written).toEqual([])
      await world.clock.advance(beatMs)
    }
    expect(await running).toBe(0)
    expect(finished()).toMatchObject({
      passed: false,
      result: 'FAILURE',
      metadata: { 'sidecar-errors': { 'entry 0: make test': expect.stringContaining('memory ran out') } },
    })
    expect(messagesOf(uploaded('build-log.txt') ?? '')).toEqual(['Entrypoint is gone'])
  })

  test('goes on for as long as the heart beats', async () => {
    let done = false
    const heart = heartbeatFile(entry().marker_file)
    write(heart, '0')
    const running = run().finally(() => {
      done = true
    })
    for (let beat = 1; beat <= 3 * lookBeforeLost; beat++) {
      await world.until(() => world.clock.waiting > 0)
      write(heart, String(beat))
      await world.clock.advance(beatMs)
    }
    expect(done).toBe(false)
    mark('0')
    await world.clock.advance('10s')
    await running
    expect(finished().passed).toBe(true)
  })

  test('a machine that slept for an hour is not a dead entrypoint', async () => {
    let done = false
    write(heartbeatFile(entry().marker_file), '7')
    const running = run().finally(() => {
      done = true
    })
    await world.until(() => world.clock.waiting > 0)
    await world.clock.advance(beatMs) // seen once, stands still once
    const asleep = world.clock.now()
    Object.assign(world.clock, { now: () => asleep + 3_600_000 })
    await world.clock.advance(beatMs)
    expect(done).toBe(false)
    mark('0')
    await world.clock.advance(beatMs)
    await running
  })
})

describe('an interrupt', () => {
  test('uploads at once what there is, and the real end later', async () => {
    write(entry().process_log, 'half')
    const running = run()
    await world.until(() => world.clock.waiting > 0)
    world.signal('SIGTERM')
    await world.until(() => uploaded('finished.json') !== undefined)
    expect(finished()).toMatchObject({ passed: false, result: 'ABORTED' })
    expect(uploaded('build-log.txt')).toBe('half')
    write(entry().process_log, 'whole')
    mark('130')
    await world.clock.advance('10s')
    await running
    expect(uploaded('build-log.txt')).toBe('whole')
    expect(finished()).toMatchObject({ result: 'ABORTED' })
  })

  test('during which the tests end is cut short, and never writes over the end', async () => {
    let release = () => {}
    const blocked = new Promise<void>((resolve) => {
      release = resolve
    })
    let first = true
    bucket.beforeWrite = async () => {
      if (!first) return
      first = false
      await blocked
    }
    const running = run()
    await world.until(() => world.clock.waiting > 0)
    world.signal('SIGTERM')
    await world.until(() => !first)
    mark('0')
    await world.clock.advance('10s')
    await world.until(() => world.messages().includes('All tests have ended'))
    world.signal('SIGINT')
    release()
    await running
    expect(finished()).toMatchObject({ passed: true, result: 'SUCCESS' })
    expect(bucket.written.filter((url) => url.endsWith('/finished.json'))).toHaveLength(1)
  })

  test('can be ignored', async () => {
    const running = run({ ignore_interrupts: true })
    await world.until(() => world.clock.waiting > 0)
    world.signal('SIGTERM')
    await world.clock.advance('10s')
    expect(bucket.written).toEqual([])
    mark('0')
    await world.clock.advance('10s')
    await running
    expect(finished().passed).toBe(true)
  })
})

describe('secrets', () => {
  test('are censored from logs, artifacts, metadata and the own log, and what cannot be is withheld', async () => {
    write(world.path('secrets/token'), 's3cr3t')
    mark('1')
    write(entry().process_log, 'the s3cr3t is out\n')
    write(world.path('logs/artifacts/a.txt'), 's3cr3t')
    writeFileSync(world.path('logs/artifacts/bad.gz'), Buffer.from('\x1f\x8b\x08 this is no gzip', 'latin1'))
    write(entry().metadata_file, '{"token":"s3cr3t"}')
    await run({ censoring_options: { secret_directories: [world.path('secrets')] } })
    expect(uploaded('build-log.txt')).toBe('the XXXXXX is out\n')
    expect(uploaded('artifacts/a.txt')).toBe('XXXXXX')
    expect(finished().metadata).toEqual({ token: 'XXXXXX' })
    expect([...bucket.objects.keys()].filter((url) => url.includes('bad'))).toEqual([])
    expect(world.messages()).toContain('Withheld a file that could not be censored')
    for (const url of bucket.written) expect(bucket.text(url)).not.toContain('s3cr3t')
  })

  test('in the deprecated form', async () => {
    write(world.path('secrets/token'), 's3cr3t')
    mark('0')
    write(entry().process_log, 's3cr3t')
    const { censoring_options: _, ...rest } = {
      censoring_options: undefined,
      secret_directories: [world.path('secrets')],
    }
    world.env.SIDECAR_OPTIONS = JSON.stringify({
      gcs_options: { bucket: 'gs://b', path_strategy: 'explicit' },
      wrapper_options: entry(),
      ...rest,
    })
    expect(await sidecar(world, [])).toBe(0)
    expect(uploaded('build-log.txt')).toBe('XXXXXX')
  })
})

describe('options', () => {
  test('without JOB_SPEC nothing is waited for and nothing uploaded', async () => {
    delete world.env.JOB_SPEC
    expect(await run()).toBe(0)
    expect(world.messages()).toEqual(['Failed to report job status'])
    expect(bucket.written).toEqual([])
  })

  test.each<[object, string]>([
    [{ entries: [] }, 'no wrapper options'],
    [{ entries: [{ process_log: '/l' }] }, 'entry 0 has no marker_file'],
    [{ entries: [{ marker_file: '/l' }] }, 'entry 0 has no process_log'],
    [{ secret_directories: ['/s'] }, 'cannot use both censoring_options and the deprecated secret_directories'],
    [{ gcs_options: {} }, 'no bucket'],
    [{ gcs_options: { bucket: 7 } }, 'bucket must be a string'],
  ])('%j is refused', async (more, why) => {
    expect(await run(more)).toBe(1)
    expect(world.printed.stderr).toContain(why)
  })

  test('from flags have no entries, so they are refused', async () => {
    expect(await sidecar(world, ['--gcs-path=gs://b', '--dry-run'])).toBe(1)
  })
})

test.each<[string, { code: number; error?: string }[], object]>([
  ['all passed', [{ code: 0 }, { code: 0 }], { passed: true, aborted: false, failures: 0 }],
  ['all kinds', [0, 1, 130, 1130, 1, 0].map((code) => ({ code })), { passed: false, aborted: true, failures: 3 }],
  ['no exit code', [{ code: -1, error: 'invalid' }], { passed: false, aborted: false, failures: 1 }],
  ['previous failed', [{ code: 1130 }], { passed: false, aborted: false, failures: 0 }],
])('verdict: %s', (_why, endings, want) => expect(verdictOf(endings)).toEqual(want))

test('metadata: problems are told, the rest is kept', async () => {
  const entries = ['a', 'b', 'c', 'd', 'e'].map((name) => entry(name, false))
  const [a, b, c, d] = entries.map((one) => one.metadata_file)
  write(a ?? '', '{"a":1,"b":1}')
  write(b ?? '', '{"b":2}')
  mkdirSync(c ?? '')
  write(d ?? '', '[]')
  expect(await mergedMetadata(entries)).toEqual({
    a: 1,
    b: 2,
    'sidecar-errors': {
      'entry 2: make c': expect.stringContaining('not a regular file'),
      'entry 3: make d': expect.stringContaining('not a JSON object'),
    },
  })
})

describe('a marker that the test itself has put there', () => {
  test('that is no number is a failure', async () => {
    mark('not-an-exit-code')
    await run()
    expect(finished()).toMatchObject({ result: 'FAILURE' })
  })

  test('that points elsewhere tells nothing of what is there', async () => {
    write(world.path('secrets/key.json'), '{"key":"secret"}')
    symlinkSync(world.path('secrets/key.json'), entry().marker_file)
    await run()
    expect(finished()).toMatchObject({ result: 'FAILURE' })
    for (const url of bucket.written) expect(bucket.text(url)).not.toContain('"secret')
  })

  test('that is a pipe without an end, or very large, holds nothing up', async () => {
    for (const make of [
      () => execFileSync('mkfifo', [entry().marker_file]),
      () => write(entry().marker_file, '0'.repeat(10_000)),
    ]) {
      rmSync(entry().marker_file, { force: true })
      make()
      await run()
      expect(finished()).toMatchObject({ result: 'FAILURE' })
    }
  })
})

test('a pipe in the place of the log does not hold up the report of a lost entrypoint', async () => {
  execFileSync('mkfifo', [entry().process_log])
  write(heartbeatFile(entry().marker_file), '7')
  const running = run()
  for (let look = 0; look < lookBeforeLost; look++) {
    await world.until(() => world.clock.waiting > 0)
    await world.clock.advance(beatMs)
  }
  await running
  expect(finished()).toMatchObject({ result: 'FAILURE' })
  expect(uploaded('build-log.txt')).toContain('not a regular file')
})

test('entrypoint and sidecar together', async () => {
  world.env.ENTRYPOINT_OPTIONS = JSON.stringify({
    timeout: 60e9,
    grace_period: 15e9,
    artifact_dir: world.path('logs/artifacts'),
    ...entry(),
    args: ['sh', '-c', 'echo hello; echo \'{"n":1}\' > "$0"; exit 3', entry().metadata_file],
  })
  const reporting = run()
  expect(await entrypoint(world, [])).toBe(3)
  await world.clock.advance('10s')
  expect(await reporting).toBe(0)
  expect(uploaded('build-log.txt')).toBe('hello\n')
  expect(finished()).toMatchObject({ passed: false, result: 'FAILURE', metadata: { n: 1 } })
})
