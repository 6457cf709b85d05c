// Schemas: what is dropped, filled in, refused, and that the committed ones are those of the client library.
import { describe, expect, test } from 'vitest'
import builtin from '../../../api/kubernetes-schemas.json' with { type: 'json' }
import { generate } from './generate.ts'
import { normalize } from './normalize.ts'
import type { Schema } from './types.ts'
import { compile } from './validate.ts'

test('kubernetes-schemas.json is what generate.ts makes of the installed client', () => {
  expect(builtin).toEqual(generate())
})

const shape = (schema: Schema, value: object, nullsAreAbsent = false) =>
  normalize(value, { schema, definitions: {} }, { nullsAreAbsent })

describe('normalize', () => {
  const text = { type: 'string' }
  test.each<[why: string, schema: Schema, value: object, result: object, unknown: readonly string[]]>([
    [
      'drops what is unknown, at any depth',
      { properties: { a: { type: 'array', items: { properties: { b: text } } } } },
      { a: [{ b: '1', c: 2 }], d: 3 },
      { a: [{ b: '1' }] },
      ['a[0].c', 'd'],
    ],
    [
      'keeps everything where told to',
      { properties: { a: { 'x-kubernetes-preserve-unknown-fields': true, properties: { b: { properties: {} } } } } },
      { a: { b: { x: 1 }, c: { d: 1 } } },
      { a: { b: {}, c: { d: 1 } } },
      ['a.b.x'],
    ],
    ['knows maps', { properties: { m: { additionalProperties: text } } }, { m: { any: '1' } }, { m: { any: '1' } }, []],
    [
      'knows embedded objects',
      { properties: { o: { 'x-kubernetes-embedded-resource': true } } },
      { o: { kind: 'X', metadata: { name: 'n' }, y: 1 } },
      { o: { kind: 'X', metadata: { name: 'n' } } },
      ['o.y'],
    ],
    [
      'fills in defaults, also below a default',
      { properties: { a: { default: {}, properties: { b: { default: 7 } } } } },
      {},
      { a: { b: 7 } },
      [],
    ],
    ['leaves what is there', { properties: { a: { default: 1 } } }, { a: 0 }, { a: 0 }, []],
    [
      'a null gives way to a default',
      { properties: { a: { default: 1 }, b: text, c: { nullable: true, default: 1 } } },
      { a: null, b: null, c: null },
      { a: 1, b: null, c: null },
      [],
    ],
    ['names of every object are no known fields', { properties: {} }, { constructor: 1 }, {}, ['constructor']],
  ])('%s', (_why, schema, value, result, unknown) => {
    expect(shape(schema, value)).toEqual({ value: result, unknown })
  })

  test('nulls mean nothing in built-in kinds', () => {
    expect(shape({ properties: { b: text } }, { b: null }, true).value).toEqual({})
  })

  test('a default is copied for every object', () => {
    const schema = { properties: { a: { default: { list: [1] }, 'x-kubernetes-preserve-unknown-fields': true } } }
    const [one, two] = [shape(schema, {}).value, shape(schema, {}).value] as { a?: unknown }[]
    expect(one).toEqual(two)
    expect(one?.a).not.toBe(two?.a)
  })
})

describe('validate', () => {
  const check = (schema: object, value: unknown) =>
    compile({ schema: { type: 'object', properties: { f: schema } }, definitions: {} })({ f: value })
  test.each<[schema: object, value: unknown, message: string | undefined]>([
    [{ type: 'string' }, 'x', undefined],
    [{ type: 'string' }, 1, 'Invalid value: 1: must be of type string'],
    [{ type: 'integer', minimum: 1, exclusiveMinimum: true }, 1, 'Invalid value: 1: must be > 1'],
    [{ type: 'integer', minimum: 1, exclusiveMinimum: false }, 1, undefined],
    [{ type: 'integer', format: 'int32' }, 2 ** 40, 'Invalid value: 1099511627776: must match format "int32"'],
    [{ type: 'string', enum: ['a', 'b'] }, 'c', 'Unsupported value: "c": supported values: "a", "b"'],
    [{ type: 'string', format: 'date-time' }, '2026-01-02T03:04:05.678Z', undefined],
    [
      { type: 'string', format: 'date-time' },
      '2026-13-02T03:04:05Z',
      'Invalid value: "2026-13-02T03:04:05Z": must match format "date-time"',
    ],
    [{ type: 'string', format: 'unheard-of' }, 'x', undefined],
    [{ 'x-kubernetes-int-or-string': true }, '1Gi', undefined],
    [{ 'x-kubernetes-int-or-string': true }, true, 'Invalid value: true: must be of type integer or string or number'],
    [{ type: 'string', nullable: true }, null, undefined],
    [{ type: 'string' }, null, 'Invalid value: null: must be of type string'],
    [{ anyOf: [{ type: 'integer' }, { type: 'string' }] }, 1, undefined],
    [{ type: 'string', pattern: '^a+$' }, 'b', 'Invalid value: "b": must match pattern "^a+$"'],
  ])('%j takes %j: %s', (schema, value, message) => {
    expect(check(schema, value)[0]?.message).toBe(message)
  })

  test('says where, and does not quote a megabyte', () => {
    const causes = compile({
      schema: {
        type: 'object',
        properties: {
          a: { type: 'array', items: { type: 'object', required: ['x'], properties: { 'y/z': { type: 'integer' } } } },
        },
      },
      definitions: {},
    })({
      a: [{ x: 1 }, { 'y/z': 'long'.repeat(100_000) }],
    })
    expect(causes.map((cause) => cause.field)).toEqual(['a[1].x', 'a[1].y/z'])
    expect(JSON.stringify(causes).length).toBeLessThan(1000)
  })

  test('says so when the schema itself is broken', () => {
    expect(() => compile({ schema: { type: 'strong' }, definitions: {} })).toThrow()
  })
})
