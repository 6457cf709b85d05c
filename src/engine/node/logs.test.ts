// Logs: what is written is what is read, in every way of reading, whole or while it grows, across rotation.
import { appendFile, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { testClock } from '../../testing/clock.ts'
import { lineCutter, longestText, readRecords } from './log-format.ts'
import { type ReadOptions, readLog } from './log-reader.ts'
import { logRegistry } from './log-registry.ts'
import { type LogWriter, logFileName, logWriter } from './log-writer.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'bowsprit-logs-'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

async function read(options: ReadOptions = {}): Promise<string> {
  return collect(readLog(dir, undefined, options))
}
async function collect(parts: AsyncIterable<Uint8Array>): Promise<string> {
  const all: Uint8Array[] = []
  for await (const part of parts) all.push(part)
  return Buffer.concat(all).toString('utf8')
}

async function written(lines: readonly string[], limits = { fileBytes: 1e6, files: 5 }): Promise<void> {
  const clock = testClock()
  const writer = await logWriter(dir, clock, limits)
  for (const line of lines) {
    await onDisk(writer, line)
    await clock.advance('1s')
  }
  await writer.end()
}

// Written by itself: what comes next goes into the next file if this one is full. An unfinished line waits for its end.
async function onDisk(writer: LogWriter, text: string): Promise<void> {
  const changed = writer.changed()
  await writer.write('stdout', Buffer.from(text))
  if (text.endsWith('\n')) await changed
}

describe('the file format', () => {
  test('is that of container runtimes', async () => {
    const clock = testClock()
    const writer = await logWriter(dir, clock)
    await writer.write('stdout', Buffer.from('out\n'))
    await writer.write('stderr', Buffer.from('err\nunfinished'))
    await writer.end()
    const file = await readFile(join(dir, logFileName(0)), 'utf8')
    expect(file.split('\n').sort()).toEqual([
      '',
      '2026-01-02T03:04:05.000000000Z stderr F err',
      '2026-01-02T03:04:05.000000000Z stderr P unfinished',
      '2026-01-02T03:04:05.000000000Z stdout F out',
    ])
  })

  test('whatever comes in whatever pieces comes out again', () => {
    const bytes = fc
      .uint8Array({ maxLength: 200 })
      .map((array) => Buffer.from(array.map((byte) => (byte < 64 ? 10 : byte))))
    fc.assert(
      fc.property(fc.array(bytes), (chunks) => {
        const cutter = lineCutter('stdout')
        const file = Buffer.concat([...chunks.flatMap((chunk) => cutter.push(chunk, 0)), ...cutter.end(0)])
        const { records, rest } = readRecords(file)
        const text = Buffer.concat(records.flatMap((one) => [one.text, Buffer.from(one.whole ? '\n' : '')]))
        expect(rest).toHaveLength(0)
        expect(text.equals(Buffer.concat(chunks))).toBe(true)
      }),
    )
  })

  test('a very long line is written in pieces and read as one', async () => {
    const long = 'x'.repeat(longestText * 2 + 100)
    await written([`${long}\n`, 'next\n'])
    expect(await read()).toBe(`${long}\nnext\n`)
    expect(await read({ tailLines: 2, timestamps: true })).toBe(
      `2026-01-02T03:04:05.000000000Z ${long}\n2026-01-02T03:04:06.000000000Z next\n`,
    )
  })
})

describe('reading', () => {
  const lines = ['one\n', 'two\n', 'three\n', 'four\n']
  const at = (seconds: number) => Date.parse('2026-01-02T03:04:05Z') + seconds * 1000

  test.each<[string, ReadOptions, string]>([
    ['all', {}, 'one\ntwo\nthree\nfour\n'],
    ['the last two', { tailLines: 2 }, 'three\nfour\n'],
    ['more than there are', { tailLines: 99 }, 'one\ntwo\nthree\nfour\n'],
    ['none', { tailLines: 0 }, ''],
    ['with times', { tailLines: 1, timestamps: true }, '2026-01-02T03:04:08.000000000Z four\n'],
    ['since', { since: at(2) }, 'three\nfour\n'],
    ['since, of the tail', { since: at(1), tailLines: 2 }, 'three\nfour\n'],
    ['at most so many bytes', { limitBytes: 6 }, 'one\ntw'],
    ['following what has ended', { follow: true }, 'one\ntwo\nthree\nfour\n'],
  ])('%s', async (_why, options, want) => {
    await written(lines)
    expect(await read(options)).toBe(want)
    await rm(dir, { recursive: true })
    // The same in many small files.
    await written(lines, { fileBytes: 1, files: 99 })
    expect((await readdir(dir)).length).toBeGreaterThan(3)
    expect(await read(options)).toBe(want)
  })

  test('a last line without its newline is kept as it is, and counts as a line', async () => {
    await written(['one\n', 'two'])
    expect(await read()).toBe('one\ntwo')
    expect(await read({ tailLines: 1 })).toBe('two')
  })

  test('a record that was cut by a crash is left out', async () => {
    await written(['one\n'])
    await appendFile(join(dir, logFileName(0)), '2026-01-02T03:04')
    expect(await read()).toBe('one\n')
  })
})

describe('rotation', () => {
  test('keeps the newest files only', async () => {
    await written(
      Array.from({ length: 20 }, (_, index) => `line ${index}\n`),
      { fileBytes: 1, files: 3 },
    )
    expect((await readdir(dir)).length).toBeLessThanOrEqual(3)
    expect(await read()).toBe('line 18\nline 19\n')
  })
})

describe('following', () => {
  test('gives each line when it is written and ends with the container, across rotation', async () => {
    const writer = await logWriter(dir, testClock(), { fileBytes: 60, files: 50 })
    await writer.write('stdout', Buffer.from('before\n'))
    const reading = readLog(dir, writer, { follow: true })[Symbol.asyncIterator]()
    let seen = ''
    const next = async () => {
      const { value, done } = await reading.next()
      if (value) seen += Buffer.from(value).toString('utf8')
      return !done
    }
    await next()
    expect(seen).toBe('before\n')
    for (let index = 0; index < 20; index++) {
      const pending = next()
      await writer.write('stdout', Buffer.from(`line ${index}\n`))
      expect(await pending).toBe(true)
      expect(seen.endsWith(`line ${index}\n`)).toBe(true)
    }
    const end = next()
    await writer.end()
    expect(await end).toBe(false)
    expect(seen.split('\n')).toHaveLength(22)
    expect((await readdir(dir)).length).toBeGreaterThan(5)
  })

  test('only the end, then what comes', async () => {
    const writer = await logWriter(dir, testClock())
    await onDisk(writer, 'one\ntwo\n')
    const reading = readLog(dir, writer, { follow: true, tailLines: 1 })
    expect(Buffer.from((await reading.next()).value ?? []).toString()).toBe('two\n')
    await onDisk(writer, 'three\n')
    await writer.end()
    expect(await collect(reading)).toBe('three\n')
  })

  test('ends when the reader leaves', async () => {
    const writer = await logWriter(dir, testClock())
    await onDisk(writer, 'one\n')
    const controller = new AbortController()
    const reading = readLog(dir, writer, { follow: true, signal: controller.signal })
    await reading.next()
    const more = reading.next()
    controller.abort()
    expect(await more).toEqual({ done: true, value: undefined })
    await writer.end()
  })

  test('much text at once comes through complete and in order', async () => {
    const writer = await logWriter(dir, testClock(), { fileBytes: 200_000, files: 1000 })
    const text = collect(readLog(dir, writer, { follow: true }))
    let want = ''
    for (let index = 0; index < 2000; index++) {
      const chunk = `${index} ${'y'.repeat(500)}\n`
      want += chunk
      await writer.write('stdout', Buffer.from(chunk))
    }
    await writer.end()
    expect((await text) === want).toBe(true)
  })
})

describe('the registry', () => {
  const request = { namespace: 'ns', name: 'p', uid: 'u-1', container: 'c' }

  test('says when there is nothing to read, and never leaves its directory', async () => {
    const logs = logRegistry(dir, testClock())
    await expect(collect(logs.read(request))).rejects.toMatchObject({ code: 400 })
    await expect(collect(logs.read({ ...request, uid: '../../etc' }))).rejects.toMatchObject({ code: 400 })
    await expect(collect(logs.read({ ...request, container: '..' }))).rejects.toMatchObject({ code: 400 })
  })

  test('reads the last attempt, the one before on demand, and what was written since a time', async () => {
    const clock = testClock()
    const logs = logRegistry(dir, clock)
    for (const attempt of [0, 1]) {
      const writer = await logs.open('u-1', 'c', attempt)
      await writer.write('stdout', Buffer.from(`attempt ${attempt}\n`))
      await clock.advance('10s')
      await writer.write('stdout', Buffer.from('later\n'))
      await writer.end()
    }
    expect(await collect(logs.read(request))).toBe('attempt 1\nlater\n')
    expect(await collect(logs.read({ ...request, previous: true }))).toBe('attempt 0\nlater\n')
    expect(await collect(logs.read({ ...request, since: clock.now() - 5000 }))).toBe('later\n')
  })
})
