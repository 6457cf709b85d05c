// blockade: which files are blocked, and what the pull request shows of it.
import { expect, test } from 'vitest'
import { CodeHostError } from '../api/code-host.ts'
import { compileRe2 } from '../config/re2.ts'
import type { PluginConfig } from '../config/types.ts'
import { scene } from '../testing/plugin-scene.ts'
import blockade, { type Blockade, blockedFiles } from './blockade.ts'

const label = 'do-not-merge/blocked-paths'
const marker = 'Adding label: `do-not-merge/blocked-paths` because PR changes a protected file.'
type Settings = NonNullable<PluginConfig['sections']['blockades']>[number]
const docs: Settings = {
  repos: ['org/repo'],
  blockregexps: ['^docs/', '\\.lock$'],
  exceptionregexps: ['\\.md$'],
  explanation: 'frozen',
}

function play(blockades: readonly Settings[], files: string[]) {
  const it = scene({ with: [blockade], plugins: { sections: { blockades: [...blockades] } } })
  it.host.state.files.set('org/repo#1', files)
  return it
}
const errors = async (it: ReturnType<typeof play>) => /prow_plugin_handle_errors\{/.test(await it.metrics.metrics())

const compiled = (blocks: string[], exceptions: string[], explanation: string): Blockade => ({
  blocks: blocks.map(compileRe2),
  exceptions: exceptions.map(compileRe2),
  explanation,
})
test.each<[why: string, files: (string | [from: string, to: string])[], blockades: Blockade[], want: object]>([
  ['nothing matches', ['a.go'], [compiled(['^docs/'], [], 'x')], {}],
  ['anywhere in the path', ['a/docs/b'], [compiled(['docs/'], [], 'x')], { x: ['a/docs/b'] }],
  ['an exception', ['docs/a.md', 'docs/b'], [compiled(['^docs/'], ['\\.md$'], 'x')], { x: ['docs/b'] }],
  [
    'an exception is for its own blockade',
    ['a.md'],
    [compiled(['a'], ['md'], 'x'), compiled(['a'], [], 'y')],
    { y: ['a.md'] },
  ],
  ['moved away', [['docs/a', 'x']], [compiled(['^docs/'], [], 'x')], { x: ['x'] }],
  ['moved here', [['x', 'docs/a']], [compiled(['^docs/'], [], 'x')], { x: ['docs/a'] }],
  [
    'each name has its own exception',
    [
      ['docs/a', 'docs/a.md'],
      ['docs/b.md', 'b'],
    ],
    [compiled(['^docs/'], ['md$'], 'x')],
    { x: ['docs/a.md'] },
  ],
  ['two reasons', ['a'], [compiled(['a'], [], 'x'), compiled(['a'], [], 'y')], { x: ['a'], y: ['a'] }],
  ['the same reason twice', ['a', 'b'], [compiled(['a'], [], 'x'), compiled(['a', 'b'], [], 'x')], { x: ['a', 'b'] }],
])('%s', (_why, files, blockades, want) => {
  const blocked = blockedFiles(
    files.map((file) =>
      typeof file === 'string' ? { filename: file } : { filename: file[1], previous_filename: file[0] },
    ),
    blockades,
  )
  expect(Object.fromEntries([...blocked].map(([why, found]) => [why, found.map(({ filename }) => filename)]))).toEqual(
    want,
  )
})

test.each(['opened', 'reopened', 'synchronize'])(
  '%s: blocked until the files are no longer touched',
  async (action) => {
    const it = play([docs], ['docs/a', 'docs/b.md', 'x.lock', 'y.go'])
    await it.acts(action)
    const [labelled, comment = ''] = it.host.take()
    expect(labelled).toBe(`org/repo#1 +${label}`)
    expect(comment).toContain(`comment: @author: ${marker}\n\n<details>`)
    expect(comment).toContain(
      '\n[frozen]\n\n- [`docs/a`](https://github.com/org/repo/blob/bead000000000000000000000000000000000000/docs/a)\n- [`x.lock`](',
    )
    expect(comment).not.toMatch(/b\.md|y\.go/)

    it.host.state.files.set('org/repo#1', ['docs/z'])
    await it.acts(action)
    expect(it.host.take()).toEqual([])

    it.host.state.files.set('org/repo#1', ['docs/b.md'])
    it.host.say({ org: 'org', repo: 'repo', number: 1 }, 'mallory', marker)
    it.host.say({ org: 'org', repo: 'repo', number: 1 }, 'k8s-ci-robot', 'something else')
    await it.acts(action)
    expect(it.host.take()).toEqual([`org/repo#1 -${label}`, expect.stringContaining('delete comment: @author')])
  },
)

test.each(['edited', 'closed', 'labeled', 'ready_for_review'])('%s: nothing', async (action) => {
  const it = play([docs], ['docs/a'])
  await it.acts(action)
  expect(it.host.calls).toEqual([])
})

test.each<[why: string, settings: Partial<Settings>, blocked: boolean]>([
  ['of the organisation', { repos: ['org'] }, true],
  ['of another repository', { repos: ['org/other', 'repo'] }, false],
  ['for this branch', { branchregexp: 'ai' }, true],
  ['for another branch', { branchregexp: '^release-' }, false],
  ['with one pattern that compiles', { blockregexps: ['(', '^docs'] }, true],
  ['without any that compiles', { blockregexps: ['('] }, false],
  ['with an exception that does not compile', { exceptionregexps: ['('] }, true],
])('a blockade %s blocks: %o', async (_why, settings, blocked) => {
  const it = play([{ ...docs, ...settings }], ['docs/a'])
  await it.acts('opened')
  expect(it.pr().labels.includes(label)).toBe(blocked)
  expect(it.host.calls.includes('changedFiles')).toBe(blocked || 'exceptionregexps' in settings)
  expect(await errors(it)).toBe(false)
})

test('files that nothing protects pass, with a blockade there', async () => {
  const it = play([docs], ['docs/a.md', 'x.go'])
  await it.acts('opened')
  expect(it.host.take()).toEqual([])
})

test('a blockade without an explanation has one', async () => {
  const it = play([{ ...docs, explanation: '' }], ['docs/a'])
  await it.acts('opened')
  expect(it.host.take()[1]).toContain('\n[Files are protected]\n')
})

test('of a renamed file the comment names both paths', async () => {
  const it = play([docs], [])
  it.host.state.files.set('org/repo#1', [{ filename: 'x', previous_filename: 'docs/@team', status: 'renamed' }])
  await it.acts('opened')
  expect(it.host.take()[1]).toMatch(/^- \[`x`\]\(\S+\) \(was `docs\/@team`\)$/m)
})

test('the label goes when no blockade is left', async () => {
  const it = play([], ['docs/a'])
  it.change({ labels: ['DO-NOT-MERGE/blocked-paths'] })
  await it.acts('synchronize')
  expect(it.pr().labels).toEqual([])
})

test('thousands of files fit into one comment, and names are only shown', async () => {
  const files = Array.from({ length: 3000 }, (_, index) => `docs/@team/${'x'.repeat(80)}${index}`)
  const it = play([docs], files)
  await it.acts('opened')
  const comment = it.host.take()[1] ?? ''
  expect(comment.length).toBeLessThan(65_536)
  expect(comment).toMatch(/^- … and \d+ more$/m)
  expect(comment).toContain('[`docs/@team/')
})

test.each(['addLabel', 'comment'] as const)(
  'a server that fails at %s leads to one label and one comment',
  async (operation) => {
    const it = play([docs], ['docs/a'])
    let failed = false
    it.host.after = (done) => {
      if (done !== operation || failed) return
      failed = true
      throw new CodeHostError('unavailable', 503, 'no')
    }
    await it.acts('opened')
    await it.clock.advance('1s')
    expect(it.host.take().map((effect) => effect.slice(0, 22))).toEqual([
      'org/repo#1 +do-not-mer',
      'org/repo#1 comment: @a',
    ])
  },
)

test('a server that fails after the label went leads to no comment that stays', async () => {
  const it = play([docs], ['docs/a'])
  await it.acts('opened')
  it.host.state.files.set('org/repo#1', ['z'])
  let failed = false
  it.host.after = (done) => {
    if (done !== 'removeLabel' || failed) return
    failed = true
    throw new CodeHostError('unavailable', 503, 'no')
  }
  await it.acts('synchronize')
  await it.clock.advance('1s')
  expect(it.host.state.comments.get('org/repo#1')).toEqual([])
})

test('help tells the blockades of each repository', () => {
  const plugins = {
    sections: {
      blockades: [docs, { ...docs, repos: ['org'], branchregexp: '^(?P<r>r)', exceptionregexps: [], explanation: '' }],
    },
  }
  const help = blockade.help?.(plugins as never, ['org/repo', 'org/other', 'x/y'])
  expect(help?.config).toEqual({
    'org/repo':
      'Blocks files that match ^docs/, \\.lock$, unless they match \\.md$, because: frozen\nBlocks files that match ^docs/, \\.lock$, on branches that match ^(?P&lt;r&gt;r)',
    'org/other': 'Blocks files that match ^docs/, \\.lock$, on branches that match ^(?P&lt;r&gt;r)',
  })
})
