// Which text is a path of the container, and which only looks like one.
import { expect, test } from 'vitest'
import { pathMap } from './mapping.ts'

const map = pathMap([
  { path: '/logs', source: '/d/logs' },
  { path: '/home/prow/go', source: '/d/code' },
  { path: '/home/prow/go/src/', source: '/d/src' },
  { path: '/tools', source: '/d/t+$&ools' },
])

test.each([
  ['/logs', '/d/logs'],
  ['/logs/', '/d/logs/'],
  ['/logs/a b', '/d/logs/a b'],
  ['{"log":"/logs/clone.json","src_root":"/home/prow/go"}', '{"log":"/d/logs/clone.json","src_root":"/d/code"}'],
  ['/home/prow/go/src/x', '/d/src/x'],
  ['/home/prow/go/pkg', '/d/code/pkg'],
  ['--dir=/logs', '--dir=/d/logs'],
  ['/tools:/usr/bin:/logs/bin', '/d/t+$&ools:/usr/bin:/d/logs/bin'],
  ['cat /logs/a > /logs/b', 'cat /d/logs/a > /d/logs/b'],
  ['"/logs"', '"/d/logs"'],
  ['/logs2', '/logs2'],
  ['/logs-old', '/logs-old'],
  ['/var/logs', '/var/logs'],
  ['./logs', './logs'],
  ['../logs', '../logs'],
  ['~/logs', '~/logs'],
  ['https://host/logs/x', 'https://host/logs/x'],
  ['gs://bucket/logs', 'gs://bucket/logs'],
  ['/home/prow/gopher', '/home/prow/gopher'],
])('%s', (text, want) => expect(map(text)).toBe(want))

test('without mounts nothing changes, and nobody replaces the root', () => {
  expect(pathMap([])('/a')).toBe('/a')
  expect(pathMap([{ path: '/', source: '/d' }])('/a')).toBe('/a')
})
