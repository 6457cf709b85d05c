// shrug, as people see it.
import { expect, test } from 'vitest'
import { scene } from '../testing/plugin-scene.ts'
import shrug from './shrug.ts'

const label = '¯\\_(ツ)_/¯'

test.each<[have: boolean, text: string, effects: string[]]>([
  [false, '/shrug', ['+']],
  [false, '/SHRUG \r\n', ['+']],
  [true, '/shrug', []],
  [true, '/unshrug', ['comment', '-']],
  [false, '/unshrug', []],
  [true, '/unshrug\n/shrug', []],
  [false, '/unshrug\n/shrug', ['+']],
  [false, '/shrugs', []],
  [false, ' /shrug', []],
  [false, '/shrug it off', []],
])('with the label: %s, %j does %j', async (have, text, effects) => {
  const { says, change, host } = scene({ with: [shrug] })
  if (have) change({ labels: [label] })
  await says('casey', text)
  const kinds = host.take().map((effect) => effect.replace('org/repo#1 ', '').replace(/^(comment|[+-]).*/s, '$1'))
  expect(kinds).toEqual(effects)
})

test('the label is the one that people know, and the farewell reads like it', async () => {
  const { says, host } = scene({ with: [shrug] })
  await says('bob', '/shrug')
  expect(host.take()).toEqual([`org/repo#1 +${label}`])
  await says('bob', '/unshrug')
  expect(host.take()).toEqual([
    expect.stringMatching(/^org\/repo#1 comment: @bob: ¯\\\\\\_\(ツ\)\\_\/¯\n/),
    `org/repo#1 -${label}`,
  ])
})

test('works on closed issues; a failure between comment and label is mended without a second comment', async () => {
  const { saysOnIssue, host, clock } = scene({ with: [shrug], issue: { state: 'closed', labels: [label] } })
  let failures = 1
  host.before = (operation) => {
    if (operation === 'removeLabel' && failures-- > 0) throw Object.assign(new Error('lost'), { code: 'ECONNRESET' })
  }
  await saysOnIssue('bob', '/unshrug')
  await clock.advance('1m')
  expect(host.take()).toEqual([expect.stringContaining('comment: @bob'), `org/repo#1 -${label}`])
})
