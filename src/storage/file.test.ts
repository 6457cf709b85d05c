// Buckets in folders, through openStorage as everybody uses them.
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rename, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openStorage } from './open.ts'
import { type Entry, StorageError } from './storage.ts'

let folder = ''
let bucket = ''
const storage = openStorage()
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'storage-'))
  bucket = `file://${folder}`
})
afterEach(() => rm(folder, { recursive: true }))

const text = async (url: string) => Buffer.from(await storage.read(url)).toString()
const collect = async (stream: AsyncIterable<Uint8Array>) => {
  let all = ''
  for await (const chunk of stream) all += Buffer.from(chunk).toString()
  return all
}
async function listed(url: string): Promise<Entry[]> {
  const entries: Entry[] = []
  for await (const entry of storage.list(url)) entries.push(entry)
  return entries
}
const kindOf = (kind: StorageError['kind']) => expect.objectContaining({ name: 'StorageError', kind })

describe('objects', () => {
  test('are plain files below the bucket, with names taken as they are', async () => {
    await storage.write(`${bucket}/logs/job/1/escape#me?a=%20b`, 'content')
    expect(await readFile(join(folder, 'logs/job/1/escape#me?a=%20b'), 'utf8')).toBe('content')
    expect(await text(`${bucket}/logs/job/1/escape#me?a=%20b`)).toBe('content')
  })

  test('are replaced as a whole', async () => {
    await storage.write(`${bucket}/a`, 'a longer first content')
    await storage.write(`${bucket}/a`, new Uint8Array([0x62]))
    expect(await text(`${bucket}/a`)).toBe('b')
  })

  test('keep what they had when a write fails on the way, and nothing else stays', async () => {
    await storage.write(`${bucket}/a`, 'before')
    const broken = async function* () {
      yield Buffer.from('half')
      throw new Error('connection lost')
    }
    await expect(storage.write(`${bucket}/a`, broken())).rejects.toThrow('connection lost')
    expect(await text(`${bucket}/a`)).toBe('before')
    expect(await readdir(folder)).toEqual(['a'])
  })

  test('that must not exist are written by one of many writers only', async () => {
    const writers = Array.from({ length: 8 }, (_, n) =>
      storage.write(`${bucket}/x/once`, String(n), { mustNotExist: true }).then(
        () => 'written',
        (error: StorageError) => error.kind,
      ),
    )
    expect((await Promise.all(writers)).sort()).toEqual([...Array(7).fill('exists'), 'written'])
  })

  test('can be read in part', async () => {
    await storage.write(`${bucket}/a`, '0123456789')
    const part = async (start: number, end?: number) =>
      Buffer.from(await storage.read(`${bucket}/a`, end === undefined ? { start } : { start, end })).toString()
    expect(await part(3, 5)).toBe('34')
    expect(await part(8)).toBe('89')
    expect(await part(8, 100)).toBe('89')
    expect(await part(100)).toBe('')
    expect(await part(100, 200)).toBe('')
    expect(await collect(await storage.stream(`${bucket}/a`, { start: 2, end: 4 }))).toBe('23')
    expect(await collect(await storage.stream(`${bucket}/a`, { start: 4, end: 4 }))).toBe('')
    await expect(part(5, 3)).rejects.toEqual(kindOf('invalid'))
  })

  test('that are empty exist', async () => {
    await storage.write(`${bucket}/a`, '')
    expect(await storage.stat(`${bucket}/a`)).toMatchObject({ size: 0 })
    expect(await text(`${bucket}/a`)).toBe('')
  })

  test('that are not there are told so, and so are folders', async () => {
    await storage.write(`${bucket}/folder/a`, '')
    for (const name of ['nothing', 'folder', 'folder/a/b', 'x'.repeat(300), `${'y/'.repeat(3000)}z`]) {
      await expect(storage.read(`${bucket}/${name}`)).rejects.toEqual(kindOf('not-found'))
      await expect(storage.stream(`${bucket}/${name}`)).rejects.toEqual(kindOf('not-found'))
      expect(await storage.stat(`${bucket}/${name}`)).toBeUndefined()
    }
  })
})

describe('links that somebody has put into a bucket', () => {
  let outside = ''
  beforeEach(async () => {
    outside = await mkdtemp(join(tmpdir(), 'outside-'))
    writeFileSync(join(outside, 'secret'), 'secret')
    mkdirSync(join(folder, 'logs'))
  })
  afterEach(() => rm(outside, { recursive: true }))

  test('are no objects and no folders', async () => {
    symlinkSync(join(outside, 'secret'), join(folder, 'logs/object'))
    symlinkSync(outside, join(folder, 'logs/folder'))
    writeFileSync(join(folder, 'logs/own'), 'own')
    symlinkSync('own', join(folder, 'logs/harmless'))
    for (const name of ['object', 'folder', 'folder/secret', 'harmless']) {
      await expect(storage.read(`${bucket}/logs/${name}`), name).rejects.toEqual(kindOf('not-found'))
      await expect(storage.stream(`${bucket}/logs/${name}`), name).rejects.toEqual(kindOf('not-found'))
      expect(await storage.stat(`${bucket}/logs/${name}`), name).toBeUndefined()
    }
    expect((await listed(`${bucket}/logs`)).map(({ name }) => name)).toEqual(['own'])
    expect(await listed(`${bucket}/logs/folder`)).toEqual([])
  })

  test('do not lead writers away', async () => {
    symlinkSync(outside, join(folder, 'logs/job'))
    for (const name of ['x', 'new/folder/x']) {
      await expect(storage.write(`${bucket}/logs/job/${name}`, 'x')).rejects.toEqual(kindOf('invalid'))
    }
    expect(await readdir(outside)).toEqual(['secret'])
    symlinkSync(join(outside, 'secret'), join(folder, 'logs/object'))
    await storage.write(`${bucket}/logs/object`, 'takes the place of the link')
    expect(await text(`${bucket}/logs/object`)).toBe('takes the place of the link')
    expect(await readFile(join(outside, 'secret'), 'utf8')).toBe('secret')
  })

  test('do not help when they are put there at the very moment', async () => {
    await storage.write(`${bucket}/logs/job/object`, 'own')
    writeFileSync(join(outside, 'object'), 'secret')
    const place = join(folder, 'logs/job')
    let stop = false
    const swapping = (async () => {
      while (!stop) {
        await rename(place, `${place}-aside`)
        await symlink(outside, place).catch(() => undefined) // the writer may have made the folder anew
        await rm(place, { recursive: true, force: true })
        await rename(`${place}-aside`, place).catch(() => undefined)
      }
    })()
    const seen = new Set<string>()
    for (let n = 0; n < 300; n++) {
      seen.add(await text(`${bucket}/logs/job/object`).catch((error: StorageError) => error.kind))
      await storage.write(`${bucket}/logs/job/written-${n}`, 'x').catch(() => undefined)
    }
    stop = true
    await swapping
    expect([...seen]).not.toContain('secret')
    expect((await readdir(outside)).sort()).toEqual(['object', 'secret'])
  })

  test('are fine on the way to a bucket that is known', async () => {
    await storage.write(`${bucket}/logs/a`, 'x')
    const link = join(outside, 'link')
    symlinkSync(folder, link)
    await expect(text(`file://${link}/logs/a`)).rejects.toEqual(kindOf('not-found'))
    const knowing = openStorage(() => [`file://${link}`])
    expect(Buffer.from(await knowing.read(`file://${link}/logs/a`)).toString()).toBe('x')
    await knowing.write(`file://${link}/deep/er/b`, 'y')
    expect(await text(`${bucket}/deep/er/b`)).toBe('y')
  })
})

describe('attributes', () => {
  test.each([
    ['a.txt', 'plain', { contentType: 'text/plain; charset=utf-8' }],
    ['a.JSON', '{}', { contentType: 'application/json' }],
    ['a.unknown', 'plain', {}],
    ['build-log.txt', gzipSync('x'), { contentType: 'text/plain; charset=utf-8', contentEncoding: 'gzip' }],
    ['core', gzipSync('x'), { contentType: 'application/gzip' }],
    ['a.tgz', gzipSync('x'), { contentType: 'application/gzip' }],
  ])('of %s', async (name, content, attributes) => {
    await storage.write(`${bucket}/${name}`, content)
    const { size, modified, ...rest } = (await storage.stat(`${bucket}/${name}`)) ?? {}
    expect(size).toBe(Buffer.from(content).length)
    expect(modified).toBeInstanceOf(Date)
    expect(rest).toEqual(attributes)
  })
})

describe('listing', () => {
  test('names the direct children, sorted, without what is being written', async () => {
    for (const name of ['b/2/x', 'b/10/x', 'a.txt', 'c']) await storage.write(`${bucket}/logs/${name}`, name)
    symlinkSync('nowhere', join(folder, 'logs/dangling'))
    const seen: string[][] = []
    const during = async function* () {
      seen.push((await listed(`${bucket}/logs`)).map(({ name }) => name))
      yield Buffer.from('x')
    }
    await storage.write(`${bucket}/logs/d`, during())
    expect(seen).toEqual([['a.txt', 'b', 'c']])
    const entries = await listed(`${bucket}/logs/`)
    expect(entries.map(({ url, folder, size }) => [url, folder, size])).toEqual([
      [`${bucket}/logs/a.txt`, false, 5],
      [`${bucket}/logs/b/`, true, 0],
      [`${bucket}/logs/c`, false, 1],
      [`${bucket}/logs/d`, false, 1],
    ])
    expect((await listed(`${bucket}/logs/b`)).map(({ name }) => name)).toEqual(['10', '2'])
  })

  test('of nothing is empty', async () => {
    writeFileSync(join(folder, 'file'), '')
    expect(await listed(`${bucket}/nowhere`)).toEqual([])
    expect(await listed(`${bucket}/file`)).toEqual([])
  })
})

describe('addresses', () => {
  test.each([
    ['file://host/a', 'file:///folder/name'],
    ['file:///a/../b', '".." is not allowed'],
    ['gs://bucket/a', 'gs:// buckets are not supported'],
    ['s3://bucket/a', 's3:// buckets are not supported'],
    ['bucket/a', 'no scheme'],
  ])('%s is refused', async (url, why) => {
    for (const attempt of [storage.read(url), storage.write(url, 'x'), storage.stat(url), listed(url)]) {
      await expect(attempt).rejects.toSatisfy((error) => error instanceof StorageError && error.kind === 'invalid')
      await expect(attempt).rejects.toThrow(why)
    }
  })

  test('a plain absolute path is a file', async () => {
    await storage.write(`${folder}/a`, 'x')
    expect(await text(`${bucket}/a`)).toBe('x')
  })
})
