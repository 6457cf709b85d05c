// What a ConfigMap holds after a change, and what no cluster takes.
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import type { ConfigMap } from '../../api/kubernetes.ts'
import { changed, encoded, mostBytes, refusal, sizeOf, type Value } from './content.ts'

const target = { cluster: 'default', namespace: 'prow', name: 'c' }
const old: ConfigMap = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'c', namespace: 'prow', resourceVersion: '7', labels: { a: 'b' } },
  immutable: false,
  data: { text: 'old', other: 'x', VERSION: 'one' },
  binaryData: { bytes: 'AP8=' },
}
const result = (values: Record<string, Value | undefined>, { whole = false, version = 'two', current = old } = {}) =>
  changed(current, target, { version, values: new Map(Object.entries(values)), whole })
const bytes = Buffer.from([0, 0xff])

describe('a value', () => {
  test.each<[string, Buffer, boolean]>([
    ['ASCII', Buffer.from('a\n'), true],
    ['nothing', Buffer.alloc(0), true],
    ['a byte order mark', Buffer.from('\ufeffä'), true],
    ['NUL', Buffer.from([0]), true],
    ['no UTF-8', bytes, false],
    ['an overlong form', Buffer.from([0xc0, 0x80]), false],
    ['an encoded surrogate', Buffer.from([0xed, 0xa0, 0x80]), false],
  ])('%s', async (_what, content, isText) => {
    const value = await encoded(content, false)
    expect(typeof value === 'string').toBe(isText)
    expect(Buffer.from(value)).toEqual(content)
  })
  test('compressed, it is the same every time', async () => {
    const value = await encoded(Buffer.from('text'), true)
    expect(Buffer.isBuffer(value) && gunzipSync(value).toString()).toBe('text')
    expect(await encoded(Buffer.from('text'), true)).toEqual(value)
  })
})

describe('a change', () => {
  test('keeps what it is not about', () =>
    expect(result({ text: 'new' })).toEqual({ ...old, data: { text: 'new', other: 'x', VERSION: 'two' } }))
  test('moves between text and bytes', () => {
    expect(result({ text: bytes, bytes: 'text' })).toMatchObject({
      data: { other: 'x', VERSION: 'two', bytes: 'text' },
      binaryData: { text: 'AP8=' },
    })
    expect(Object.keys(result({ text: bytes }).data ?? {})).not.toContain('text')
  })
  test('removes from both', () => {
    const { data, binaryData } = result({ text: undefined, bytes: undefined })
    expect({ data, binaryData }).toEqual({ data: { other: 'x', VERSION: 'two' }, binaryData: undefined })
  })
  test('a file with the key VERSION counts more', () => expect(result({ VERSION: 'own' }).data?.VERSION).toBe('own'))
  test('without a version it leaves what is there', () => expect(result({}, { version: '' }).data?.VERSION).toBe('one'))
  test('of everything leaves only what is given, and the version', () => {
    const { data, binaryData } = result({ text: 'new' }, { whole: true })
    expect({ data, binaryData }).toEqual({ data: { text: 'new', VERSION: 'two' }, binaryData: undefined })
    expect(result({}, { whole: true, version: '' }).data).toBeUndefined()
  })
  test('labels only what has no labels', () => {
    const labels = { 'app.kubernetes.io/name': 'prow', 'app.kubernetes.io/component': 'updateconfig-plugin' }
    expect(changed(undefined, target, { version: 'v', values: new Map(), whole: false })).toEqual({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'c', namespace: 'prow', labels },
      data: { VERSION: 'v' },
    })
    expect(result({}, { current: { ...old, metadata: { name: 'c', labels: {} } } }).metadata?.labels).toEqual(labels)
  })
})

describe('the size', () => {
  test('counts values, binary ones as bytes', () =>
    expect(
      sizeOf({ data: { VERSION: 'v'.repeat(40), a: 'x'.repeat(11), b: 'ä'.repeat(5) }, binaryData: { c: 'AP8=' } }),
    ).toBe(40 + 11 + 10 + 2))
  test('has a limit, to the byte', () => {
    expect(refusal({ data: { a: 'x'.repeat(mostBytes) } })).toBeUndefined()
    expect(refusal({ data: { a: 'x'.repeat(mostBytes - 1), b: 'xy' } })).toBe(
      'it would hold 1,048,577 bytes, and a ConfigMap holds at most 1,048,576 bytes; the largest key is `a` with 1,048,575 bytes; set gzip, or spread the files with partitioned_names',
    )
  })
})

test.each([
  ['a.b_c-D9', true],
  ['.config', true],
  ['...', false],
  ['..', false],
  ['..x', false],
  ['.', false],
  ['', false],
  ['a b', false],
  ['a/b', false],
  ['ä', false],
  ['x'.repeat(253), true],
  ['x'.repeat(254), false],
])('"%s" as a key: %s', (key, fine) => {
  expect(refusal({ data: { [key]: '' } }) === undefined).toBe(fine)
  expect(refusal({ binaryData: { [key]: '' } }) === undefined).toBe(fine)
})
