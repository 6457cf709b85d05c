// Files that are read again and again: what is no file, what stays the same, and edits that follow each other quickly.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { systemClock } from '../system/clock.ts'
import { fileReader } from './read-file.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'read-file-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const at = (name: string) => join(folder, name)
const unreadable = { finding: { code: 'CONFIG_FILE_UNREADABLE' } }

const megabytes = gzipSync(Buffer.alloc(8 * 1024 * 1024, ' '))
const bomb = Buffer.concat(Array.from({ length: 9 }, () => megabytes))

test.each<[what: string, make: (file: string) => void, want: object]>([
  ['a text', (file) => writeFileSync(file, 'text'), { text: 'text' }],
  ['a compressed one under any name', (file) => writeFileSync(file, gzipSync('text')), { text: 'text' }],
  ['one that is large when it is unpacked', (file) => writeFileSync(file, bomb), unreadable],
  ['a broken compressed one', (file) => writeFileSync(file, gzipSync('text').subarray(0, 9)), unreadable],
  [
    'a link to a file',
    (file) => {
      writeFileSync(at('target'), 'linked')
      symlinkSync('target', file)
    },
    { text: 'linked' },
  ],
  ['a link to nothing', (file) => symlinkSync('nothing', file), unreadable],
  ['a link to itself', (file) => symlinkSync(file, file), unreadable],
  ['a folder', (file) => symlinkSync('.', file), { finding: { code: 'CONFIG_NOT_A_FILE' } }],
  ['a pipe', (file) => execFileSync('mkfifo', [file]), { finding: { code: 'CONFIG_NOT_REGULAR' } }],
  ['a device without an end', (file) => symlinkSync('/dev/zero', file), { finding: { code: 'CONFIG_NOT_REGULAR' } }],
])('%s', (_what, make, want) => {
  make(at('file'))
  expect(fileReader().read(at('file'))).toMatchObject({ file: at('file'), ...want })
})

test('what is the same as before is the same object', () => {
  const { read, round } = fileReader()
  writeFileSync(at('a'), 'one')
  round(systemClock.now() + 10_000, false)
  const first = read(at('a'))
  expect(first).toEqual({ file: at('a'), text: 'one' })
  for (const anew of [false, true]) {
    round(systemClock.now() + 10_000, anew)
    expect(read(at('a'))).toBe(first)
  }
  writeFileSync(at('a'), 'longer')
  round(systemClock.now() + 10_000, false)
  expect(read(at('a')).text).toBe('longer')
})

test('edits of equal length within one tick of the clock are all seen', () => {
  const { read, round } = fileReader()
  for (let edit = 100; edit < 300; edit++) {
    writeFileSync(at('a'), String(edit))
    round(systemClock.now(), false)
    expect(read(at('a')).text).toBe(String(edit))
  }
})
