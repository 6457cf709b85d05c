// buildifier, with a program in its place that judges files by a word in them.
import { access, chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { testClock } from '../../testing/clock.ts'
import { scene } from '../../testing/plugin-scene.ts'
import { adviceFor, buildifierWith, isBazelFile } from './buildifier.ts'
import { formatOf } from './check-format.ts'

async function programOf(script: string): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'buildifier-'))
  onTestFinished(() => rm(dir, { recursive: true }))
  const program = join(dir, 'buildifier')
  await writeFile(program, `#!/bin/sh\n${script}\n`)
  await chmod(program, 0o755)
  return program
}

const judge = 'text=$(cat); case "$text" in *ugly*) exit 4;; *broken*) echo "$3: syntax error" >&2; exit 1;; esac'
const patch = '@@ -0,0 +1 @@\n+x'

async function play(contents: Readonly<Record<string, string>>, program?: string) {
  const it = scene({ with: [buildifierWith(program ?? (await programOf(judge)))] })
  const files = Object.keys(contents).map((filename) => ({ filename, patch }))
  it.host.state.files.set('org/repo#1', files)
  it.host.write({ org: 'org', repo: 'repo' }, it.pr().head.sha, contents)
  const say = async (text: string) => {
    await it.says('bob', text)
    await it.dispatch.settled()
    return it.host.take()
  }
  return { ...it, say }
}

test.each([
  ['BUILD', true],
  ['pkg/BUILD.bazel', true],
  ['WORKSPACE', true],
  ['third_party/zlib.BUILD', true],
  ['tools/rules.bzl', true],
  ['docs/BUILDING.md', false],
  ['BUILD/main.go', false],
  ['build', false],
  ['a.bzl.txt', false],
])('%s is one of Bazel: %s', (path, is) => expect(isBazelFile(path)).toBe(is))

test('a name that a shell would take for a command is not pasted', () => {
  expect(adviceFor('pkg/BUILD')).toContain('```shell\nbuildifier -mode=fix "pkg/BUILD"\n```')
  for (const path of ['$(evil).bzl', 'a"b.bzl', '`x`.bzl', 'a\n```\n@all.bzl', '-mode=x.bzl'])
    expect(adviceFor(path)).not.toContain(path)
})

test.each(['/buildify', '/BUILDIFIER \r\n'])('%j reviews what the program does not like', async (text) => {
  const { say, host } = await play({ 'pkg/BUILD': 'ugly', WORKSPACE: 'fine', 'a.bzl': 'ugly', 'main.go': 'ugly' })
  const [review, ...more] = await say(text)
  expect(review).toMatch(/^org\/repo#1 review COMMENT: @bob: 2 warning\(s\)\.\n\n<details>/)
  expect(review).toContain(` | pkg/BUILD:1 ${adviceFor('pkg/BUILD')}`)
  expect(review).toContain(' | a.bzl:1 ')
  expect(more).toEqual([])
  expect(host.state.reviewComments.get('org/repo#1')).toHaveLength(2)
  expect(host.state.reviews.get('org/repo#1')?.[0]?.commit_id).toBe(host.state.pulls.get('org/repo#1')?.head.sha)
})

test('when all is well, it says so; without files of Bazel, nothing', async () => {
  const good = await play({ BUILD: 'fine' })
  expect(await good.say('/buildify')).toEqual([expect.stringContaining('review COMMENT: @bob: 0 warning(s).')])
  const none = await play({ 'main.go': 'ugly' })
  expect(await none.say('/buildify')).toEqual([])
})

test('files that are gone, renamed or generated are left out; without a diff they are named', async () => {
  const { say, host, pr } = await play({ BUILD: 'ugly', 'gen/BUILD': 'ugly', 'old.bzl': 'ugly', 'new.bzl': 'ugly' })
  host.write({ org: 'org', repo: 'repo' }, pr().head.sha, { '.generated_files': 'prefix gen/\n' })
  host.state.files.set('org/repo#1', [
    { filename: 'BUILD' },
    { filename: 'gen/BUILD', patch },
    { filename: 'old.bzl', patch, status: 'removed' },
    { filename: 'new.bzl', patch, status: 'renamed' },
  ])
  const [review] = await say('/buildify')
  expect(review).toContain('@bob: 1 warning(s).\n\n- `BUILD`\n')
  expect(review).not.toContain(' | ')
})

test('a file that cannot be read makes no review', async () => {
  const { say, metrics } = await play({ 'a.bzl': 'ugly', BUILD: 'broken' })
  expect(await say('/buildify')).toEqual([])
  expect(await metrics.metrics()).toMatch(/prow_plugin_handle_errors\{.*plugin="buildifier".*\} 1\n/)
})

test('of very many files the first are looked at', async () => {
  const names = Array.from({ length: 101 }, (_, index) => `${index}.bzl`)
  const { say } = await play(Object.fromEntries(names.map((name) => [name, 'x'])), await programOf('exit 4'))
  const [review] = await say('/buildify')
  expect(review).toContain('@bob: 100 warning(s).\n\nOnly the first 100 files have been looked at.')
})

test('without the program people are told', async () => {
  const { say } = await play({ BUILD: 'ugly' }, 'buildifier-that-is-not-there')
  expect(await say('/buildify')).toEqual([expect.stringContaining('`buildifier` is not installed where I run.')])
})

test.each(['/buildifiers', ' /buildify', '/build'])('%j says nothing', async (text) => {
  const { say, host } = await play({ BUILD: 'ugly' })
  await say(text)
  expect(host.calls).toEqual([])
})

test('works on open pull requests only, and reviews once for each command', async () => {
  const { say, change, host, clock, says, dispatch } = await play({ BUILD: 'fine' })
  change({ state: 'closed' })
  expect(await say('/buildify')).toEqual([])
  change({ state: 'open' })
  const lost = Promise.withResolvers<void>()
  let failures = 1
  host.after = (operation) => {
    if (operation !== 'createReview' || failures-- <= 0) return
    lost.resolve()
    throw Object.assign(new Error('lost'), { code: 'ECONNRESET' })
  }
  const said = says('bob', '/buildify')
  await lost.promise
  await said
  await clock.advance('1m')
  await dispatch.settled()
  expect(host.take()).toHaveLength(1)
  expect(await say('/buildify')).toHaveLength(1)
})

const running = async (script: string, signal = new AbortController().signal) => ({
  program: await programOf(script),
  clock: testClock(),
  signal,
})

test('nothing of this process gets to the program, and what it says of a broken file is bounded', async () => {
  const how =
    await running(`cat > /dev/null; test "$(pwd)" = / || exit 9; test "$(env | grep -v -e ^PWD= -e ^_= -e ^SHLVL= -e ^OLDPWD= | cut -d= -f1)" = PATH || exit 8
    head -c 100000 /dev/zero | tr '\\0' x >&2; exit 1`)
  const error = await formatOf('BUILD', Buffer.from(''), how).catch((thrown: unknown) => thrown)
  expect(String(error)).toMatch(/cannot read the file \(exit code 1\): x+$/)
  expect(String(error).length).toBeLessThan(3000)
})

test('a run that does not end is ended, with all that it started', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'buildifier-hangs-'))
  onTestFinished(() => rm(dir, { recursive: true }))
  const begun = join(dir, 'begun')
  const how = await running(`touch ${begun}; sleep 1000 & wait`)
  const run = formatOf('BUILD', Buffer.from('x'), how).catch((thrown: unknown) => thrown)
  while (
    !(await access(begun).then(
      () => true,
      () => false,
    ))
  )
    await new Promise(setImmediate)
  await how.clock.advance('9s')
  await how.clock.advance('1s')
  expect(String(await run)).toContain('took longer than 10 s')

  const stop = new AbortController()
  const other = await running('sleep 1000', stop.signal)
  const cut = formatOf('BUILD', Buffer.from('x'), other).catch((thrown: unknown) => thrown)
  stop.abort(new Error('hook ends'))
  expect(String(await cut)).toContain('hook ends')
})

test('a file that is longer than a pipe takes is no matter', async () => {
  const how = await running('exit 0')
  expect(await formatOf('BUILD', Buffer.alloc(1024 * 1024, 'x'), how)).toBe('good')
})
