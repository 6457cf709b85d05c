// size: what counts, which label comes of it, and when it looks.
import { describe, expect, test } from 'vitest'
import { CodeHostError } from '../../api/code-host.ts'
import { snapshot } from '../../testing/config.ts'
import { survivesInterruptions } from '../../testing/interrupted.ts'
import { scene } from '../../testing/plugin-scene.ts'
import { parseAttributes } from './attributes.ts'
import { isGenerated, parseGenerated } from './generated.ts'
import size, { countedLines, labelFor, sizesOf } from './size.ts'

const defaults = sizesOf({})

describe('the label', () => {
  test.each([
    [0, 'size/XS'],
    [9, 'size/XS'],
    [10, 'size/S'],
    [29, 'size/S'],
    [30, 'size/M'],
    [99, 'size/M'],
    [100, 'size/L'],
    [499, 'size/L'],
    [500, 'size/XL'],
    [999, 'size/XL'],
    [1000, 'size/XXL'],
  ])('of %i lines is %s', (lines, want) => expect(labelFor(lines, defaults)).toBe(want))

  test('each size that is 0 or not set has its own default', () => {
    expect(defaults).toEqual({ s: 10, m: 30, l: 100, xl: 500, xxl: 1000 })
    expect(sizesOf({ xxl: 2000 })).toEqual({ ...defaults, xxl: 2000 })
    expect(labelFor(27, sizesOf({ s: 0, m: 1, l: 2, xl: 3, xxl: 4 }))).toBe('size/XXL')
  })

  test('additions and removals count, those of generated files do not', () => {
    const files = [
      { filename: 'a', additions: 20, deletions: 7 },
      { filename: 'gen/b', additions: 1000, deletions: 1000 },
    ]
    expect(countedLines(files, (path) => path.startsWith('gen/'))).toBe(27)
  })
})

describe('.generated_files', () => {
  test.each<[line: string, path: string, want: boolean]>([
    ['path-prefix vendor/', 'vendor/a/b.go', true],
    ['prefix vendor/', 'vendor/a/b.go', true],
    ['prefix vendor/', 'a/vendor/b.go', false],
    ['file-prefix zz_', 'a/zz_b.go', true],
    ['file-prefix zz_', 'zz_a/b.go', false],
    ['file-name b.pb.go', 'a/b.pb.go', true],
    ['file-name b.pb.go', 'b.pb.go', true],
    ['file-name b.pb.go', 'a/xb.pb.go', false],
    ['path a/b.go', 'a/b.go', true],
    ['path a/b.go', 'c/a/b.go', false],
    // As upstream, which takes it for a name.
    ['path b.go', 'a/b.go', true],
    ['  file-name \t b.go  ', 'b.go', true],
    ['# file-name b.go', 'b.go', false],
  ])('%j leaves out %s: %s', (line, path, want) => {
    const rules = parseGenerated(`\n${line}\r\n\n`)
    expect(isGenerated(rules, path)).toBe(want)
    expect(rules.problems).toEqual([])
  })

  test('lines that mean nothing are told, and the others count', () => {
    const rules = parseGenerated('file-name a\nfile-name\nfile-name b c\ntoString x\nglob *.go\npaths-from-repo list\n')
    expect(rules.problems).toEqual([
      '"file-name" must be a key and one value',
      '"file-name b c" must be a key and one value',
      expect.stringMatching(/^"toString x" has an unknown key; use one of /),
      expect.stringMatching(/^"glob \*\.go" has an unknown key/),
    ])
    expect(isGenerated(rules, 'a')).toBe(true)
    expect(rules.lists).toEqual(['list'])
  })
})

describe('.gitattributes', () => {
  test.each<[glob: string, path: string, want: boolean]>([
    ['*.pb.go', 'a/b.pb.go', true],
    ['*.pb.go', 'a/b.pb.gox', false],
    // Without a slash every element counts, also folders.
    ['vendor', 'a/vendor/b.go', true],
    ['**', 'a/b', true],
    ['generated/**/*.txt', 'generated/a.txt', true],
    ['generated/**/*.txt', 'generated/b/c.txt', true],
    ['generated/**/*.txt', 'x/generated/a.txt', false],
    ['generated/**/*.txt', 'generated/a.go', false],
    ['generated/**', 'generated/a/b', true],
    ['generated/**', 'x/generated/a', false],
    ['a/b', 'a/b/c', true],
    ['a/b', 'a', false],
    ['/a', 'a/b', true],
    ['/a', 'b/a', false],
    ['/**', 'a/b', true],
    ['**/x', 'a/b/x/c', true],
    ['**/x', 'a/b', false],
    // No way back to a second one.
    ['**/x/y', 'x/a/x/y', false],
    ['a/b**/c', 'a/bb/c', false],
    ['a//b', 'a/b', true],
    ['a/*', 'a/b', true],
    ['?.go', 'a.go', true],
    ['?.go', 'ab.go', false],
    ['🚧?', '🚧🚧', true],
    ['[a-c].go', 'b.go', true],
    ['[a-c].go', 'd.go', false],
    ['[^a-c].go', 'd.go', true],
    ['[^a-c].go', 'a.go', false],
    ['[\\]x].go', '].go', true],
    ['[a\\-c].go', 'b.go', false],
    ['[[^].go', '^.go', true],
    ['\\*.go', '*.go', true],
    ['\\*.go', 'a.go', false],
    ['a.go', 'axgo', false],
    // What Go refuses matches nothing.
    ['[a', '[a', false],
    ['[]a]', 'a', false],
    ['[z-a]', 'b', false],
    ['a\\', 'a\\', false],
  ])('%s marks %s: %s', (glob, path, want) => {
    expect(parseAttributes(`${glob} text linguist-generated=true\r\n`)(path)).toBe(want)
  })

  test.each([
    'a linguist-generated',
    'a linguist-generated=True',
    'a -linguist-generated',
    'a linguist-generated=false',
    '# a linguist-generated=true',
    '#a linguist-generated=true',
    'linguist-generated=true',
    '',
    '!a text',
  ])('%j marks nothing', (line) => {
    expect(parseAttributes(line)('a')).toBe(false)
  })

  test('later lines undo nothing', () => {
    expect(parseAttributes('a linguist-generated=true\na -linguist-generated\n')('a')).toBe(true)
  })

  test.each(['!a', 'a/'])('the pattern %s is an error that names it', (glob) => {
    expect(() => parseAttributes(`${glob} linguist-generated=true`)).toThrow(`.gitattributes: "${glob}" must not`)
  })

  test('hostile patterns take linear time', () => {
    const isMarked = parseAttributes(`${'*a'.repeat(200)}b linguist-generated=true`)
    expect(isMarked('a'.repeat(10_000))).toBe(false)
  })
})

const lines = (...files: (readonly [filename: string, additions: number, deletions: number])[]) =>
  files.map(([filename, additions, deletions]) => ({ filename, additions, deletions }))
const twentySeven = lines(['a.ts', 20, 5], ['b.ts', 1, 1])

function play(files = twentySeven, contents: Record<string, string> = {}, settings?: object) {
  const sections = settings ? { size: settings } : {}
  const it = scene({ with: [size], contents, plugins: { sections } })
  it.host.state.files.set('org/repo#1', files)
  return it
}

test.each(['opened', 'reopened', 'synchronize', 'edited'])('looks at %s', async (action) => {
  const { acts, host } = play()
  await acts(action)
  expect(host.take()).toEqual(['org/repo#1 +size/S'])
})

test.each([
  ['closed', {}],
  ['labeled', { label: { name: 'size/XS' } }],
  ['edited', { changes: { title: { from: 'x' } } }],
  ['edited', { changes: { body: { from: 'x' } } }],
])('does not look at %s %j', async (action, extra) => {
  const { acts, host } = play()
  await acts(action, extra)
  expect(host.calls).toEqual([])
})

test('looks when the base changed', async () => {
  const { acts, pr } = play()
  await acts('edited', { changes: { base: { ref: { from: 'x' }, sha: { from: 'y' } }, title: { from: 'x' } } })
  expect(pr().labels).toEqual(['size/S'])
})

test('takes the place of all other sizes, and nothing else', async () => {
  const { acts, host, pr } = play(lines(['a', 3, 2]))
  await acts('opened', {}, { labels: ['size/L', 'bug', 'size/huge'] })
  expect(pr().labels).toEqual(['bug', 'size/XS'])
  host.take()
  await acts('synchronize')
  expect(host.take()).toEqual([])
})

test('a size that cannot be taken off does not keep the new one away', async () => {
  const { acts, host, pr } = play()
  host.before = (operation) => {
    if (operation === 'removeLabel') throw new CodeHostError('forbidden', 403, 'no')
  }
  await acts('opened', {}, { labels: ['size/L'] })
  expect(pr().labels).toEqual(['size/L', 'size/S'])
})

test('generated files do not count, wherever that is said', async () => {
  const files = lines(['a.ts', 40, 10], ['gen/b.ts', 100, 0], ['c.pb.ts', 100, 0], ['listed.ts', 150, 0])
  const { acts, pr } = play(files, {
    '.generated_files': 'path-prefix gen/\nnonsense\npaths-from-repo hack/list\n',
    'hack/list': '# Made by hack/make\nlisted.ts\n',
    '.gitattributes': '*.pb.ts linguist-generated=true\n',
  })
  await acts('opened')
  expect(pr().labels).toEqual(['size/M'])
})

test.each<[why: string, contents: Record<string, string>]>([
  ['a list of paths that is not there', { '.generated_files': 'paths-from-repo hack/list\n' }],
  ['a pattern that git does not know', { '.gitattributes': '!a linguist-generated=true\n' }],
])('%s is an error', async (_why, contents) => {
  const { acts, host, metrics } = play(twentySeven, contents)
  await acts('opened')
  expect(host.take()).toEqual([])
  expect(await metrics.metrics()).toMatch(/error.*plugin="size"/)
})

test('the sizes are configurable', async () => {
  const { acts, pr } = play(twentySeven, {}, { s: 0, m: 1, l: 2, xl: 3, xxl: 4 })
  await acts('opened')
  expect(pr().labels).toEqual(['size/XXL'])
})

test('an interrupted task leaves one size', () =>
  survivesInterruptions(
    () => play(),
    ({ acts }) => acts('opened', {}, { labels: ['size/L', 'size/XL'] }),
  ))

test('help shows the sizes', () => {
  const { plugins } = snapshot({ plugins: { sections: { size: { xxl: 2000 } } } })
  const text = size.help?.(plugins, []).config?.[''] ?? ''
  expect(text).toContain('size/XS: 0-9')
  expect(text).toContain('size/XL: 500-1999')
  expect(text).toContain('size/XXL: 2000+')
})
