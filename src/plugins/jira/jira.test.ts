// jira: which keys are found, which become links, and what Jira is told.
import { Registry } from 'prom-client'
import { expect, test } from 'vitest'
import { CodeHostError } from '../../api/code-host.ts'
import { jiraClient } from '../../jira/jira.ts'
import { memoryJira } from '../../jira/testing/memory-jira.ts'
import { testClock } from '../../testing/clock.ts'
import { type SceneOptions, scene } from '../../testing/plugin-scene.ts'
import jira from './jira.ts'
import { keysIn, withLinks } from './keys.ts'

const scopeOf = (...disabled: string[]) => ({ projects: new Set(['abc', 'bc', 'abcd', 'whatever']), disabled })

test.each<[text: string, keys: string[]]>([
  ['ABC-123', ['ABC-123']],
  ['abc-123: BC-1) [ABC-2] ABC-3\r\nABC-4\n', ['abc-123', 'BC-1', 'ABC-2', 'ABC-3', 'ABC-4']],
  ['ABC-1 ABC-1 abc-1', ['ABC-1', 'abc-1']],
  ['ABC-1, ABC-2. ABC-3; ABC-4-5', []],
  ['see https://jira/browse/ABC-1 and `ABC-2 `', ['ABC-1', 'ABC-2']],
  ['whatever-ABC-1 ', ['ABC-1']],
  ['XYZ-1 ABC1-1 ABC-', []],
  ['1ABC-1 _ABC-2 éABC-3 ', ['ABC-3']],
  [`ABC-${'1'.repeat(70)} `, []],
])('%j names %j', (text, keys) => expect(keysIn(text, '', scopeOf())).toEqual(keys))

test('keys of the title count too; of very many the first fifty are looked up', () => {
  expect(keysIn('ABC-1', 'BC-2: something ABC-1', scopeOf())).toEqual(['ABC-1', 'BC-2'])
  const many = Array.from({ length: 60 }, (_, index) => `ABC-${index}`)
  expect(keysIn(many.join(' '), '', scopeOf())).toEqual(many.slice(0, 50))
})

test('a disabled project is one as a whole, and not what others begin with', () => {
  expect(keysIn('ABC-1 abcd-1 BC-12 BC-2 ', '', scopeOf('Abc', 'bc-1'))).toEqual(['abcd-1', 'BC-2'])
})

const url = 'https://jira.example'
const there = (key: string) => `[${key}](${url}/browse/${key})`

test.each<[why: string, text: string, want: string]>([
  ['a key', 'ABC-123', there('ABC-123')],
  ['keys within each other', 'ABC-123 BC-1 BC-123', `${there('ABC-123')} ${there('BC-1')} BC-123`],
  ['punctuation and text around', '(ABC-123), ABC-123-4', `(${there('ABC-123')}), ${there('ABC-123')}-4`],
  ['a pasted address', `${url}/browse/ABC-123`, `${url}/browse/ABC-123`],
  ['a link that is there', there('ABC-123'), there('ABC-123')],
  ['code', 'a `ABC-123` b', 'a `ABC-123` b'],
  ['code in which it is not the first word', '`x ABC-123`', `\`x ${there('ABC-123')}\``],
  ['a longer word', 'whatever-ABC-123 1ABC-123 ABC-123x ABC-1234', 'whatever-ABC-123 1ABC-123 ABC-123x ABC-1234'],
  ['another spelling', 'abc-123', 'abc-123'],
  ['four spaces', '    ABC-123\n   ABC-123', `    ABC-123\n   ${there('ABC-123')}`],
  ['a fence', '```\nABC-123\n```\nABC-123', `\`\`\`\nABC-123\n\`\`\`\n${there('ABC-123')}`],
  ['the line that ends a fence', '```x ABC-123\n``` ABC-123', `\`\`\`x ABC-123\n\`\`\` ${there('ABC-123')}`],
  ['a fence without end', '```\r\nABC-123', '```\r\nABC-123'],
  ['line ends of editors', 'ABC-123\r\nx', `${there('ABC-123')}\r\nx`],
])('%s', (_why, text, want) => {
  const keys = new Set(['ABC-123', 'BC-1'])
  expect(withLinks(text, keys, url)).toBe(want)
  // The bot's own edit is heard of, too.
  expect(withLinks(want, keys, url)).toBe(want)
})

function town(options: Partial<SceneOptions> = {}, disabled: string[] = []) {
  const memory = memoryJira({ 'ABC-1': '1', 'BC-1': '2' })
  const needs = { userAgent: 'x', fetch: memory.fetch, clock: testClock(), metrics: new Registry() }
  const client = jiraClient({ endpoint: `${url}/`, ...needs })
  const plugins = { sections: { jira: { disabled_jira_projects: disabled } } }
  const it = scene({ with: [jira], jira: client, plugins, ...options })
  /** Waits also for what is asked of Jira. */
  const after = async (act: Promise<unknown>) => {
    await act
    await it.dispatch.settled()
  }
  return { ...it, memory, after }
}

const pull = 'https://github.com/org/repo/pull/1'
const titles = (links: readonly { object: { title: string } }[] | undefined) => links?.map(({ object }) => object.title)

test('a comment gets links, and the issue a link back, once', async () => {
  const { says, after, host, memory, pr } = town()
  await after(says('bob', 'ABC-1: see ABC-1, ABC-9 and XYZ-1 too'))
  const linked = `${there('ABC-1')}: see ${there('ABC-1')}, ABC-9 and XYZ-1 too`
  expect(host.take()).toEqual([`org/repo edit comment: ${linked}`])
  expect(memory.asked).toEqual([
    'GET /rest/api/2/project',
    'GET /rest/api/2/issue/ABC-1',
    'GET /rest/api/2/issue/ABC-9',
    'GET /rest/api/2/issue/1/remotelink',
    'POST /rest/api/2/issue/1/remotelink',
  ])
  expect(memory.links.get('1')).toEqual([
    {
      id: 10_000,
      object: {
        // Of the comment, without what comes after #.
        url: 'https://github.com/org/repo/issues/1',
        title: `org/repo#1: ${pr().title}`,
        icon: { url16x16: 'https://github.com/favicon.ico', title: 'GitHub' },
      },
    },
  ])
  memory.asked.length = 0
  await after(says('bob', 'again ABC-1', { action: 'edited' }))
  expect(memory.asked).toEqual(['GET /rest/api/2/issue/ABC-1', 'GET /rest/api/2/issue/1/remotelink'])
  expect(memory.links.get('1')).toHaveLength(1)
  expect(host.take()).toEqual([`org/repo edit comment: again ${there('ABC-1')}`])
})

test('a key in the title alone makes a link back and no edit; another title changes that link', async () => {
  const { opens, acts, after, host, memory } = town()
  await after(opens({ title: 'ABC-1: leak', body: 'mends it' }))
  expect(host.take()).toEqual([])
  expect(titles(memory.links.get('1'))).toEqual(['org/repo#1: ABC-1: leak'])
  await after(acts('edited', { changes: { title: { from: 'ABC-1: leak' } } }, { title: 'ABC-1: no leak' }))
  expect(titles(memory.links.get('1'))).toEqual(['org/repo#1: ABC-1: no leak'])
  expect(memory.asked.at(-1)).toBe('PUT /rest/api/2/issue/1/remotelink/10000')
  expect(host.take()).toEqual([])
})

test('the first of several links to the place decides', async () => {
  const { opens, after, memory } = town()
  const link = (id: number, title: string, to = pull) => ({ id, object: { url: to, title } })
  memory.links.set('1', [link(1, 'x', `${pull}0`), link(2, 'org/repo#1: ABC-1'), link(3, 'old')])
  await after(opens({ title: 'ABC-1' }))
  expect(memory.asked.at(-1)).toBe('GET /rest/api/2/issue/1/remotelink')
  // Two spellings of one issue are one issue.
  await after(opens({ title: 'ABC-1 abc-1' }))
  expect(memory.asked.filter((asked) => asked.startsWith('PUT'))).toEqual(['PUT /rest/api/2/issue/1/remotelink/2'])
})

test('the description of an issue or pull request', async () => {
  const ofPull = town()
  await ofPull.after(ofPull.opens({ body: 'for BC-1' }))
  expect(ofPull.host.take()).toEqual([`org/repo#1 body: for ${there('BC-1')}`])
  const ofIssue = town({ issue: { body: 'for BC-1' } })
  await ofIssue.after(ofIssue.issueActs('opened'))
  expect(ofIssue.host.take()).toEqual([`org/repo#1 body: for ${there('BC-1')}`])
})

test("a comment on a line is edited where it is; a review's own text stays", async () => {
  const { saysOnLine, reviews, after, host, memory } = town()
  await after(saysOnLine('bob', 'BC-1 here', 'a.go'))
  expect(host.take()).toEqual([expect.stringContaining(`${there('BC-1')} here`)])
  expect(host.calls).toContain('editReviewComment')
  await after(reviews('bob', 'commented', 'ABC-1'))
  expect(host.take()).toEqual([])
  expect(memory.links.get('1')).toHaveLength(1)
})

test('what was edited or deleted meanwhile is left as it is now', async () => {
  const { says, after, host } = town()
  host.before = (operation) => {
    const [comment] = host.state.comments.get('org/repo#1') ?? []
    if (operation === 'comments' && comment)
      host.state.comments.set('org/repo#1', [{ ...comment, body: 'changed my mind about ABC-1' }])
  }
  await after(says('bob', 'ABC-1'))
  expect(host.take()).toEqual([`org/repo edit comment: changed my mind about ${there('ABC-1')}`])
  host.before = (operation) => {
    if (operation === 'comments') host.state.comments.set('org/repo#1', [])
  }
  await after(says('bob', 'ABC-1'))
  expect(host.take()).toEqual([])
})

test('disabled projects, deletions and texts without a key', async () => {
  const { says, after, memory, host } = town({}, ['abc'])
  await after(says('bob', 'ABC-1', { action: 'deleted' }))
  expect(memory.asked).toEqual([])
  await after(says('bob', 'ABC-1 but nothing-else'))
  await after(says('bob', 'hello'))
  expect(memory.asked).toEqual(['GET /rest/api/2/project'])
  expect(host.take()).toEqual([])
})

test('projects that cannot be listed: nothing is done, and the task is tried again', async () => {
  const { says, after, memory, host, clock } = town()
  memory.before = () => new Response('no', { status: 403 })
  await after(says('bob', 'ABC-1'))
  expect(memory.asked).toHaveLength(1)
  expect(host.take()).toEqual([])
  memory.before = undefined
  host.before = (operation) => {
    if (operation !== 'editComment') return
    host.before = undefined
    throw new CodeHostError('unavailable', 502, 'x')
  }
  await says('bob', 'ABC-1')
  await clock.advance('1m')
  expect(memory.links.get('1')).toHaveLength(1)
  expect(host.take()).toEqual([`org/repo edit comment: ${there('ABC-1')}`])
})

test('one issue that Jira refuses does not hold up the others, and a link back that fails does no harm', async () => {
  const { says, after, memory, host } = town()
  memory.before = (asked) =>
    asked.endsWith('/ABC-1') || asked.includes('remotelink') ? new Response(null, { status: 403 }) : undefined
  await after(says('bob', 'ABC-1 BC-1'))
  expect(host.take()).toEqual([`org/repo edit comment: ABC-1 ${there('BC-1')}`])
})

test('links that would make the text too long are left out', async () => {
  const { opens, after, memory, host } = town()
  await after(opens({ body: `ABC-1 ${'x'.repeat(65_520)}` }))
  expect(memory.links.get('1')).toHaveLength(1)
  expect(host.take()).toEqual([])
})

test('without Jira nothing happens', async () => {
  const { says, host } = scene({ with: [jira] })
  await says('bob', 'ABC-1')
  expect(host.calls).toEqual([])
})

test('help shows the setting', () => {
  expect(jira.help?.({ sections: {} } as never, [])?.snippet).toContain('disabled_jira_projects')
})

test('asking Jira counts as an action', async () => {
  const { says, after, metrics, host } = town()
  await after(says('bob', 'hello'))
  expect(host.calls).toEqual([])
  expect(await metrics.metrics()).toContain(
    'prow_plugin_handle_duration_seconds_count{event_type="issue_comment",action="created",plugin="jira",took_action="true"} 1',
  )
})
