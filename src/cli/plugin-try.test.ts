// Talking to a plugin: lines in, effects out.
import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { commandLine, folderWith } from '../testing/command-line.ts'

const root = resolve(import.meta.dirname, '../..')
const estimate = 'docs/examples/estimate/estimate.ts'

test('each line is a comment, and what comes of it is shown', { timeout: 60_000 }, async () => {
  const stdin = [
    '/estimate small',
    '--user casey /estimate large',
    '',
    'fine',
    '--user dora hi',
    '/estimate cancel',
  ].join('\n')
  const { code, stdout } = await commandLine(['plugin', 'try', estimate], { cwd: root, stdin })
  expect(code).toBe(0)
  expect(stdout.split('\n').slice(2)).toEqual([
    'bob: /estimate small',
    '  puts on the label estimate/small',
    'casey: /estimate large',
    '  says: @casey: only members can estimate. (more is folded away)',
    'bob: fine',
    '  (nothing happens)',
    'dora: hi',
    '  there is no dora: take alice, bob, casey',
    'bob: /estimate cancel',
    '  takes off the label estimate/small',
    '',
  ])
})

test('a plugin that breaks says so, and goes on', { timeout: 60_000 }, async () => {
  const cwd = folderWith({
    'breaks.ts': `import { plugin } from '${root}/src/hook/plugin.ts'
export default plugin({ name: 'breaks', contract: 1, about: 'a', handlers: {
  comment: async ({ event, pr, plugins }) => {
    if (event.action !== 'created' || event.source !== 'issue_comment') return
    if (event.body === 'break') throw new Error('as you wish')
    await pr.comment(plugins.help.help_guidelines_url)
  },
} })`,
    'plugins.yaml': 'plugins: {o: {plugins: [breaks]}}\nhelp: {help_guidelines_url: "https://here"}\n',
  })
  const args = ['plugin', 'try', 'breaks.ts', '--repo=o/r', '--plugin-config=plugins.yaml']
  const { code, stdout } = await commandLine(args, { cwd, stdin: 'break\ngo on\n' })
  expect(code).toBe(0)
  expect(stdout).toMatch(/^breaks listens on http:\/\/127\.0\.0\.1:\d+\/o\/r\/pull\/1 of alice/)
  expect(stdout).toContain('bob: break\n  fails: breaks/comment: as you wish\nbob: go on\n  says: https://here\n')
})

test.each<[args: string[], code: number, says: string]>([
  [[], 2, 'name one file'],
  [[estimate, '--repo=o'], 2, '"o" is no repository; write org/repo'],
  [['none.ts'], 1, 'there is no file '],
  [['src/hook/fences.ts'], 1, 'is no plugin'],
])('%j is refused', async (args, code, says) => {
  const refused = await commandLine(['plugin', 'try', ...args], { cwd: root })
  expect([refused.code, refused.stderr]).toEqual([code, expect.stringContaining(says)])
})
