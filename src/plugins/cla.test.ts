// cla: the labels follow the status of the head.
import { expect, test } from 'vitest'
import { CodeHostError, type StatusState } from '../api/code-host.ts'
import { type PluginScene, scene } from '../testing/plugin-scene.ts'
import cla, { isSigned } from './cla.ts'

const [yes, no] = ['cncf-cla: yes', 'cncf-cla: no']
const head = 'bead000000000000000000000000000000000000'
const play = (labels: string[] = []): PluginScene => {
  const it = scene({ with: [cla] })
  it.change({ labels })
  return it
}
const errors = async (it: PluginScene) => /prow_plugin_handle_errors\{/.test(await it.metrics.metrics())

test.each<[StatusState, boolean | undefined]>([
  ['success', true],
  ['failure', false],
  ['error', false],
  ['pending', undefined],
])('%s: signed is %s', (state, want) => expect(isSigned(state)).toBe(want))

test.each<[state: StatusState, before: string[], after: string[]]>([
  ['success', [], [yes]],
  ['success', [no], [yes]],
  ['success', [yes], [yes]],
  ['success', [yes, no], [yes]],
  ['success', ['CNCF-CLA: Yes'], ['CNCF-CLA: Yes']],
  ['failure', [], [no]],
  ['error', [yes], [no]],
  ['failure', [no], [no]],
  ['pending', [yes], [yes]],
  ['pending', [], []],
])('%s with %j leaves %j, by the event and by the command', async (state, before, after) => {
  const byEvent = play(before)
  await byEvent.setsStatus('EasyCLA', state)
  expect(byEvent.pr().labels).toEqual(after)
  const byCommand = play(before)
  byCommand.host.state.statuses.set(`org/repo@${head}`, [
    { context: 'other', state: 'success', description: '', target_url: '' },
    { context: 'EasyCLA', state, description: '', target_url: '' },
  ])
  await byCommand.says('stranger', 'please\r\n/Check-CLA \r\n')
  expect(byCommand.pr().labels).toEqual(after)
})

test.each<[why: string, payload: object]>([
  ['another context', { context: 'easycla', state: 'success', sha: head }],
  ['an old commit', { context: 'EasyCLA', state: 'success', sha: 'old' }],
])('%s: nothing', async (_why, payload) => {
  const it = play()
  await it.deliver('status', payload)
  expect(it.host.take()).toEqual([])
  expect(await errors(it)).toBe(false)
})

test('a closed pull request is left alone', async () => {
  const it = play()
  it.change({ state: 'closed' })
  await it.setsStatus('EasyCLA', 'success')
  await it.says('bob', '/check-cla')
  expect(it.host.take()).toEqual([])
})

test.each([
  { context: '', state: 'success' },
  { context: 'EasyCLA', state: '' },
])('%j is an error', async (payload) => {
  const it = play()
  await it.deliver('status', { sha: head, ...payload })
  expect(await errors(it)).toBe(true)
})

test('a label that cannot be set on one does not keep it from another, and is tried again', async () => {
  const it = play()
  it.host.open({ org: 'org', repo: 'repo', number: 2 })
  let left = 1
  it.host.before = (operation, at) => {
    if (operation === 'addLabel' && at === 'org/repo#2' && left-- > 0) throw new CodeHostError('unavailable', 503, 'no')
  }
  await it.setsStatus('EasyCLA', 'success')
  expect(it.host.take()).toEqual([`org/repo#1 +${yes}`])
  await it.clock.advance('1s')
  expect(it.host.take()).toEqual([`org/repo#2 +${yes}`])
})

test.each(['/check-cla now', ' /check-cla', '> /check-cla'])('%j says nothing', async (text) => {
  const it = play()
  await it.says('bob', text)
  expect(it.host.calls).toEqual([])
})

test('issues cost nothing, nor does a commit without status', async () => {
  const it = play()
  await it.saysOnIssue('bob', '/check-cla')
  expect(it.host.calls).toEqual([])
  await it.says('bob', '/check-cla')
  expect(it.host.take()).toEqual([])
})
