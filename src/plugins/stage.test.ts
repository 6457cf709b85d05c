// stage, as the people on an issue see it.
import { expect, test } from 'vitest'
import { survivesInterruptions } from '../testing/interrupted.ts'
import { scene } from '../testing/plugin-scene.ts'
import stage from './stage.ts'

test.each<[have: string[], text: string, want: string[]]>([
  [[], '/stage alpha', ['stage/alpha']],
  [['stage/alpha'], '/stage alpha', ['stage/alpha']],
  // What is there already takes no place.
  [['stage/alpha', 'stage/beta'], '/stage alpha', ['stage/alpha', 'stage/beta']],
  [['stage/alpha', 'stage/beta', 'bug'], '/stage stable\r', ['bug', 'stage/stable']],
  [[], '/STAGE Beta  ', ['stage/beta']],
  [['stage/alpha'], '/remove-stage alpha', []],
  [['stage/alpha'], '/remove-stage beta', ['stage/alpha']],
  [['stage/alpha', 'stage/beta'], '/remove-stage alpha\n/remove-stage beta\n/stage stable', ['stage/stable']],
  [[], '/stage alpha\n/stage beta', ['stage/beta']],
  [[], '/stage alpha beta', []],
  [[], '/stage', []],
  [[], '/stage gamma', []],
  [[], '/stage  alpha', []],
  [[], 'the /stage alpha', []],
  [[], '> /stage alpha', []],
])('%j and %j gives %j', async (labels, text, want) => {
  const { says, issue } = scene({ with: [stage], issue: { labels, state: 'closed' } })
  await says('casey', text)
  expect(issue().labels).toEqual(want)
})

test('works on pull requests, not when a comment is edited, and changes nothing that is right', async () => {
  const { says, pr, host } = scene({ with: [stage] })
  await says('casey', '/stage alpha', { action: 'edited' })
  expect(host.calls).toEqual([])
  await says('casey', '/stage alpha')
  expect(pr().labels).toEqual(['stage/alpha'])
  host.take()
  await says('casey', '/stage alpha')
  expect(host.take()).toEqual([])
})

test('an interrupted command is carried out whole', () =>
  survivesInterruptions(
    () => scene({ with: [stage], issue: { labels: ['stage/alpha', 'stage/beta'] } }),
    ({ says }) => says('bob', '/stage stable'),
  ))
