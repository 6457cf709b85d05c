// Every built-in plugin is whole: named like its entry, tested, and able to read the examples that it shows.
import { existsSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { hears, parse } from '../hook/plugin.ts'
import { plugins } from './index.ts'

describe.each(Object.entries(plugins))('%s', (name, load) => {
  test('has its name and a test', async () => {
    expect((await load()).default.name).toBe(name)
    const places = [`${name}.test.ts`, `${name}/${name}.test.ts`].map((file) => new URL(file, import.meta.url))
    expect(places.some((place) => existsSync(place))).toBe(true)
  })
  test('says what it does, and for each command how it is written and who may give it', async () => {
    const { about, commands } = (await load()).default
    for (const text of [about, ...commands.flatMap(({ usage, who }) => [usage, who])]) expect(text).not.toBe('')
    expect(commands.every(({ examples }) => examples.length > 0)).toBe(true)
  })
  test('understands every example, with the command that shows it', async () => {
    for (const command of (await load()).default.commands)
      for (const example of command.examples.filter((text) => text.startsWith('/')))
        expect(parse({ commands: [command] }, example), example).toBeDefined()
  })
})

const issue = { number: 1, node_id: '', title: '', body: '', html_url: '', labels: [], assignees: [] }
const user = { login: 'x', type: 'User', html_url: '' }
test.each([
  ['comment created', { isPullRequest: false, state: 'closed' }, true],
  ['comment created on an issue', { isPullRequest: false, state: 'closed' }, true],
  ['comment created on an issue', { isPullRequest: true, state: 'open' }, false],
  ['comment created on an open issue', { isPullRequest: false, state: 'closed' }, false],
  ['comment created on a pull request', { isPullRequest: true, state: 'closed' }, true],
  ['comment created on a pull request', { isPullRequest: false, state: 'open' }, false],
  ['comment created on an open pull request', { isPullRequest: true, state: 'closed' }, false],
  ['comment created on an open pull request', { isPullRequest: true, state: 'open' }, true],
] as const)('"%s" hears %j: %s', (on, about, want) => {
  const repo = { org: 'o', repo: 'r', html_url: '', default_branch: '' }
  const event = {
    type: 'comment',
    source: 'issue_comment',
    body: '',
    user,
    html_url: '',
    node_id: '',
    repo,
    sender: user,
  } as const
  expect(hears({ on }, { ...event, action: 'created', issue: { ...issue, ...about, user } })).toBe(want)
  expect(hears({ on }, { ...event, action: 'edited', issue: { ...issue, ...about, user } })).toBe(false)
})
