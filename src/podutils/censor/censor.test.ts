// Censoring: which bytes are secret, and that no way of hiding them in a file helps.
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { CensoringOptions } from '../../api/pod-utilities.ts'
import { createLog } from '../log.ts'
import { type TestWorld, testWorld } from '../testing/world.ts'
import { loadCensor } from './censor.ts'
import { CensorError } from './errors.ts'
import { censoredFile } from './file.ts'
import { globMatches, isCensored } from './globs.ts'
import { patternsOf } from './patterns.ts'
import { censored, censoredText } from './replace.ts'
import { loadSecrets } from './secrets.ts'

let world: TestWorld
beforeEach(() => {
  world = testWorld()
})
afterEach(() => world.remove())

function file(name: string, content: string | Uint8Array): string {
  mkdirSync(dirname(world.path(name)), { recursive: true })
  writeFileSync(world.path(name), content)
  return world.path(name)
}
async function bytes(content: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of content) chunks.push(chunk)
  return Buffer.concat(chunks)
}
const secret = (...texts: string[]) => texts.map((text) => Buffer.from(text))
const blot = (text: string, secrets: string[], minimum = 0) =>
  censoredText(text, patternsOf(secret(...secrets), minimum))

describe('what is blotted out', () => {
  test.each([
    ['secret', 'secret SECRET c2VjcmV0', 'XXXXXX SECRET XXXXXXXX'],
    ['\t secret \n', 'secret SECRET c2VjcmV0', 'XXXXXX SECRET XXXXXXXX'],
    [' \n\t', ' \n\t text', ' \n\t text'],
    ['True', 'True true', 'True true'],
    [' FALSE', 'FALSE false', 'FALSE false'],
    ['', 'text', 'text'],
  ])('secret %j in %j', (value, text, want) => expect(blot(text, [value])).toBe(want))

  test('base64 of the secret as it is in its file', () => {
    const raw = 'secret\n'
    expect(blot(Buffer.from(raw).toString('base64'), [raw])).toBe('XXXXXXXXXXXX')
  })

  test('short secrets, unless a minimum is set', () => {
    expect(blot('data: a bb', ['a', 'bb'])).toBe('dXtX: X XX')
    expect(blot('abc YWJj', ['abc'], 5)).toBe('abc YWJj')
    expect(blot('abcde', ['abcde'], 5)).toBe('XXXXX')
  })

  test('at one place, the first of the patterns wins, and nothing overlaps', () => {
    expect(censoredText('abcdef', secret('abc', 'abcd', 'cdef'))).toBe('XXXdef')
    expect(censoredText('aaaa', secret('aa'))).toBe('XXXX')
    expect(censoredText('aaaaa', secret('aa'))).toBe('XXXXa')
  })

  test('any cut of a stream gives the same bytes as the whole', async () => {
    const letter = fc.constantFrom('a', 'b', 'c')
    const word = fc.string({ unit: letter, minLength: 1, maxLength: 6 })
    await fc.assert(
      fc.asyncProperty(
        fc.array(word, { maxLength: 12 }),
        fc.array(word, { minLength: 1, maxLength: 4 }),
        async (chunks, words) => {
          const patterns = secret(...words)
          const stream = async function* () {
            for (const chunk of chunks) yield Buffer.from(chunk)
          }
          const streamed = await bytes(censored(stream(), patterns))
          expect(streamed.toString()).toBe(naive(chunks.join(''), words))
        },
      ),
    )
  })
})

// As the rule is said: from left to right, the first pattern that fits.
function naive(text: string, words: string[]): string {
  let result = ''
  for (let at = 0; at < text.length; ) {
    const word = words.find((candidate) => text.startsWith(candidate, at))
    result += word ? 'X'.repeat(word.length) : text[at]
    at += word?.length ?? 1
  }
  return result
}

describe('secrets are read', () => {
  const values = async (ini: string[] = []) =>
    (await loadSecrets([world.path('secrets')], ini)).values.map((value) => value.toString())

  test('from all files of a mounted secret, once', async () => {
    file('secrets/..2024/token', 't1')
    symlinkSync('..2024', world.path('secrets/..data'))
    symlinkSync('..data/token', world.path('secrets/token'))
    file('secrets/deep/key', 'k1')
    expect(await values()).toEqual(['k1', 't1'])
  })

  test('from inside of docker and ini files', async () => {
    const auths = { 'a.example': { auth: 'auth1', password: 'pass1', email: 'e' }, 'b.example': { auth: 'auth2' } }
    const one = file('secrets/.dockercfg', JSON.stringify(auths))
    const two = file('secrets/.dockerconfigjson', JSON.stringify({ auths }))
    const ini = '; comment\n[default]\naws_key = k1\nquoted="a b"\nempty=\n[other]\nurl: https://x # note\n'
    file('secrets/credentials', ini)
    expect(await values(['credentials'])).toEqual([
      readFileSync(one, 'utf8'),
      readFileSync(two, 'utf8'),
      ini,
      ...['auth1', 'pass1', 'auth2', 'auth1', 'pass1', 'auth2'],
      ...['k1', 'a b', 'https://x'],
    ])
  })

  test('although one of them is broken', async () => {
    file('secrets/.dockerconfigjson', '{')
    file('secrets/token', 't1')
    symlinkSync('nowhere', world.path('secrets/dangling'))
    const { values, problems } = await loadSecrets([world.path('secrets'), world.path('missing')])
    expect(values.map(String)).toEqual(['{', 't1'])
    expect(problems).toHaveLength(3)
  })
})

test.each([
  ['**/exclude', 'first/exclude', true],
  ['**/exclude', 'exclude', true],
  ['**/exclude', 'a/b/exclude', true],
  ['**/exclude', 'exclude/a', false],
  ['dir', 'dir/file', false],
  ['dir/**/*', 'dir/a/b', true],
  ['dir/**/*', 'dir/a', true],
  ['dir/**', 'dir/a', true],
  ['dir/**', 'dir/a/b', false],
  ['*.log', 'a.log', true],
  ['*.log', 'a/b.log', false],
  ['a+(b)', 'a+(b)', true],
  ['a.b', 'aXb', false],
])('%s matches %s: %s', (glob, path, want) => expect(globMatches(glob, path)).toBe(want))

test('exclusion goes before inclusion', () => {
  expect(isCensored('/usr/bin/bash', ['/usr/**/*'], ['/usr/bin/**/*'])).toBe(false)
  expect(isCensored('/usr/lib/x', ['/usr/**/*'], ['/usr/bin/**/*'])).toBe(true)
  expect(isCensored('/etc/x', ['/usr/**/*'])).toBe(false)
  expect(isCensored('/etc/x')).toBe(true)
})

describe('files', () => {
  const patterns = patternsOf(secret('s3cr3t-value'))
  const unpacked = 1024 * 1024
  const clean = async (path: string, frame = 64 * 1024) =>
    bytes(await censoredFile(path, { patterns, frame, unpacked }))
  const tar = (folder: string, ...args: string[]) => {
    execFileSync('tar', [...args, '-f', world.path('out.tar'), '-C', world.path(folder), '.'])
    return readFileSync(world.path('out.tar'))
  }

  test('are censored however small the pieces are', async () => {
    const path = file('a', `${'x'.repeat(5000)}s3cr3t-value${'y'.repeat(5000)}`)
    for (const frame of [1, 12, 4096]) {
      expect((await clean(path, frame)).toString()).toBe('x'.repeat(5000) + 'X'.repeat(12) + 'y'.repeat(5000))
    }
    expect(readFileSync(path, 'utf8')).toContain('s3cr3t-value')
  })

  test('that are gzip are censored inside', async () => {
    expect(gunzipSync(await clean(file('a.gz', gzipSync('log s3cr3t-value end')))).toString()).toBe(
      `log ${'X'.repeat(12)} end`,
    )
  })

  test('that are archives are censored entry by entry, and keep links, modes and names', async () => {
    file('in/a', 'has s3cr3t-value')
    file('in/big', Buffer.alloc(70_000, 'z'))
    file(`in/${'long/'.repeat(60)}name`, 's3cr3t-value')
    symlinkSync('a', world.path('in/link'))
    chmodSync(world.path('in/a'), 0o751)
    for (const format of ['gnu', 'pax', 'ustar']) {
      if (format === 'ustar') execFileSync('rm', ['-r', world.path('in/long')])
      const packed = tar('in', `--format=${format}`, '-c')
      const result = gunzipSync(await clean(file('a.tar.gz', gzipSync(packed))))
      expect(result).toHaveLength(packed.length)
      expect(result.includes('s3cr3t')).toBe(false)
      mkdirSync(world.path(format))
      execFileSync('tar', ['-x', '-C', world.path(format)], { input: result })
      expect(world.text(format, 'a')).toBe(`has ${'X'.repeat(12)}`)
      expect(statSync(world.path(format, 'link')).mode & 0o777).toBe(0o751)
      if (format !== 'ustar') expect(world.text(format, `${'long/'.repeat(60)}name`)).toBe('X'.repeat(12))
    }
  })

  test('that are archives without a secret stay as they are, byte by byte', async () => {
    file('in/a', 'harmless')
    const packed = gzipSync(tar('in', '-c'), { level: 1 })
    expect((await clean(file('a.tgz', packed))).equals(packed)).toBe(true)
  })

  test('that are sparse in the archive', async () => {
    truncateSync(file('in/sparse', 's3cr3t-value'), 20 * 1024 * 1024)
    execFileSync('sh', [
      '-c',
      'for n in 1 2 3 4 5 6 7 8; do printf s3cr3t-value | dd of="$0" bs=1M seek=$n conv=notrunc 2>/dev/null; done',
      world.path('in/sparse'),
    ])
    const packed = tar('in', '--format=gnu', '-S', '-c')
    const result = gunzipSync(await clean(file('a.tgz', gzipSync(packed))))
    expect(result.includes('s3cr3t')).toBe(false)
    mkdirSync(world.path('again'))
    execFileSync('tar', ['-x', '-C', world.path('again')], { input: result })
    expect(statSync(world.path('again/sparse')).size).toBe(20 * 1024 * 1024)
  })

  test.each([
    ['corrupt gzip', () => Buffer.concat([gzipSync('x'.repeat(5000)).subarray(0, 20), Buffer.from('junk')])],
    [
      'damaged tar',
      () => {
        const packed = tar('in', '-c')
        packed.fill('?', 512, 1024)
        return gzipSync(packed)
      },
    ],
    ['zip with a secret', () => zip()],
    ['damaged zip', () => zip().subarray(0, 60)],
    ['gzip that unpacks to very much', () => gzipSync(Buffer.alloc(20 * unpacked))],
    [
      'zip that unpacks to very much, all in all',
      () => {
        for (let n = 0; n < 20; n++) file(`in/bomb-${n}`, Buffer.alloc(unpacked))
        rmSync(world.path('in/a'))
        return zip()
      },
    ],
  ])('%s cannot be shown', async (_what, content) => {
    file('in/a', `${'s3cr3t-value '.repeat(100)}`)
    file('in/b', 'x'.repeat(3000))
    const shown = clean(file('bad', content())).then(String)
    await expect(shown).rejects.toThrow(CensorError)
  })

  test('that are zip without a secret stay as they are', async () => {
    file('in/a', 'harmless '.repeat(100))
    file('in/b', '')
    const packed = zip()
    expect((await clean(file('a.zip', packed))).equals(packed)).toBe(true)
  })

  function zip(): Buffer {
    execFileSync('zip', ['-qr', world.path('out.zip'), '.'], { cwd: world.path('in') })
    return readFileSync(world.path('out.zip'))
  }
})

describe('the censor of a Pod', () => {
  const load = (options: CensoringOptions) =>
    loadCensor(
      options,
      createLog('test', world.clock, (line) => void world.stderr(line)),
    )

  test('leaves everything alone without secrets', async () => {
    const censor = await load({})
    const path = file('a.gz', Buffer.from([0x1f, 0x8b, 8, 1, 2, 3]))
    expect([...(await bytes(await censor.artifact(path, 'a.gz')))]).toEqual([0x1f, 0x8b, 8, 1, 2, 3])
    expect(censor.text('secret')).toBe('secret')
  })

  test('censors logs always, and of artifacts those that are meant', async () => {
    file('secrets/token', 's3cr3t\n')
    const path = file('a', 'the s3cr3t')
    const censor = await load({
      secret_directories: [world.path('secrets')],
      include_directories: ['in/*'],
      censoring_buffer_size: 1,
      censoring_concurrency: 0,
    })
    expect((await bytes(await censor.log(path))).toString()).toBe('the XXXXXX')
    expect((await bytes(await censor.artifact(path, 'in/a'))).toString()).toBe('the XXXXXX')
    expect((await bytes(await censor.artifact(path, 'out/a'))).toString()).toBe('the s3cr3t')
    expect(censor.value({ 's3cr3t key': ['s3cr3t', 1, null] })).toEqual({ 'XXXXXX key': ['XXXXXX', 1, null] })
  })
})
