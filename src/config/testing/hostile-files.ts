// Files that are made to break readers: good ones with other values, with pieces cut and put in, and of scraps alone.
import fc from 'fast-check'
import { dump } from 'js-yaml'

/** One good file for each role that a file may have. */
type Samples<Role extends string> = Readonly<Record<Role, object>>

/** A file, and what it is read as. */
interface HostileFile<Role extends string> {
  readonly role: Role
  readonly text: string
}

/** So many files, the same at each call. */
export const hostileFiles = <Role extends string>(samples: Samples<Role>, count: number): HostileFile<Role>[] =>
  fc.sample(
    fc.oneof(
      { arbitrary: withOtherValues(samples), weight: 4 },
      { arbitrary: withScraps(samples), weight: 4 },
      { arbitrary: onlyScraps(samples), weight: 2 },
    ),
    { seed: 1, numRuns: count },
  )

const roleOf = <Role extends string>(samples: Samples<Role>): fc.Arbitrary<Role> =>
  fc.constantFrom(...(Object.keys(samples) as Role[]))

// What breaks readers: numbers, patterns, templates, names of JavaScript's own, other types, sizes.
const hostileValues: readonly unknown[] = [
  ...[
    null,
    true,
    -1,
    0,
    1.5,
    1e300,
    Number.MAX_SAFE_INTEGER,
    '',
    ' ',
    '\0',
    '\ud800',
    '\u2028',
    '\ufeff',
    '😀',
    '<<',
    '*',
    '__proto__',
  ],
  ...['(a+)+$', '(a{1000}){1000}', '(?P<x', '[[:foo:]]', '\\p{L}'.repeat(50), '(?i)'.repeat(100), '('.repeat(5_000)],
  ...[
    '{{',
    '{{range .X}}',
    '{{define "x"}}{{template "x"}}{{end}}{{template "x"}}',
    '{{printf "%999999999d" 1}}',
    '{{index .Spec.Refs.Pulls 9999999999}}',
  ],
  ...[
    '1e400000',
    '0x'.padEnd(5_000, 'f'),
    '9'.repeat(5_000),
    '1h'.repeat(1_000),
    '@every 1ns',
    '*/0 * * * *',
    '../../etc/passwd',
    'file:///dev/zero',
  ],
  ...[
    [],
    {},
    [[]],
    [null],
    { '': '' },
    JSON.parse('{"__proto__": {"a": 1}}'),
    { constructor: { prototype: 1 } },
    { toString: 1 },
    'x'.repeat(50_000),
  ],
]
const scraps = [
  ...[
    '*a',
    '&a ',
    '<<: *a',
    '<<: {}',
    '!!binary ',
    '!!int ',
    '!!js/function ',
    '!<x> ',
    '? ',
    ': ',
    '- ',
    '[',
    ']',
    '{',
    '}',
    ',',
    '|\n',
    '>-\n',
    '"',
    "'",
    '#',
  ],
  ...[
    '\0',
    '\ud800',
    '\ufeff',
    '\t',
    '\r',
    '\r\n',
    '\n',
    '\u2028',
    '---\n',
    '...\n',
    '%YAML 1.2\n',
    '%TAG ! x\n',
    '~',
    '1e400000',
    '.nan',
    '0x',
    '0o9',
  ],
  ...[
    '__proto__: {a: 1}\n',
    'constructor: 1\n',
    'x'.repeat(20_000),
    '['.repeat(300),
    '{a: '.repeat(300),
    '&a [*a]',
    '  '.repeat(200),
  ],
]

/** A sample in which some values are others. */
const withOtherValues = <Role extends string>(samples: Samples<Role>): fc.Arbitrary<HostileFile<Role>> =>
  fc
    .record({
      role: roleOf(samples),
      changes: fc.array(fc.record({ at: fc.nat(1_000), to: fc.constantFrom(...hostileValues) }), {
        minLength: 1,
        maxLength: 3,
      }),
    })
    .map(({ role, changes }) => {
      const whole = { sample: structuredClone(samples[role]) }
      for (const { at, to } of changes) {
        const places = placesIn(whole)
        const place = places[at % places.length]
        if (place !== undefined)
          Object.defineProperty(place.parent, place.key, {
            value: to,
            enumerable: true,
            writable: true,
            configurable: true,
          })
      }
      return { role, text: asYaml(whole.sample) }
    })

/** A sample with pieces cut out, repeated and put in. */
const withScraps = <Role extends string>(samples: Samples<Role>): fc.Arbitrary<HostileFile<Role>> =>
  fc
    .record({
      role: roleOf(samples),
      flow: fc.boolean(),
      edits: fc.array(
        fc.record({ at: fc.nat(5_000), length: fc.nat(30), times: fc.nat(3), scrap: fc.constantFrom('', ...scraps) }),
        { minLength: 1, maxLength: 6 },
      ),
    })
    .map(({ role, flow, edits }) => ({
      role,
      text: edits.reduce(
        (text, { at, length, times, scrap }) => {
          const from = at % (text.length + 1)
          return text.slice(0, from) + text.slice(from, from + length).repeat(times) + scrap + text.slice(from + length)
        },
        flow ? JSON.stringify(samples[role]) : dump(samples[role]),
      ),
    }))

/** A file that is made of scraps alone. */
const onlyScraps = <Role extends string>(samples: Samples<Role>): fc.Arbitrary<HostileFile<Role>> =>
  fc.record({
    role: roleOf(samples),
    text: fc
      .array(fc.constantFrom(...scraps, 'a', 'a: 1\n', 'plank:\n', '  ', 'periodics:\n', 'plugins:\n', '- name: x\n'), {
        maxLength: 40,
      })
      .map((parts) => parts.join('')),
  })

interface Place {
  readonly parent: object
  readonly key: string
}
const placesIn = (value: object): readonly Place[] =>
  Object.entries(value).flatMap(([key, inner]) => [
    { parent: value, key },
    ...(typeof inner === 'object' && inner !== null ? placesIn(inner) : []),
  ])

// Some values have no form in YAML; then JSON's is as good.
function asYaml(value: unknown): string {
  try {
    return dump(value)
  } catch {
    return JSON.stringify(value)
  }
}
