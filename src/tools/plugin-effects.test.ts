// The sentences about what a plugin did, one row for each kind of effect.
import { expect, test } from 'vitest'
import type { PullView } from '../simulator/world.ts'
import { effects } from './plugin-effects.ts'

const bot = 'bot'
const view = (changes: object): PullView =>
  ({
    title: 't',
    body: 'b',
    state: 'open',
    labels: [],
    assignees: [],
    reviewers: [],
    comments: [],
    reviews: [],
    statuses: {},
    ...changes,
  }) as unknown as PullView
const said = (id: number, body: string, user = bot) => ({ id, body, user })
const status = (id: number, state: string, description?: string) => ({ ci: { id, context: 'ci', state, description } })

test.each<[before: object, after: object, says: string[]]>([
  [{}, {}, []],
  [{ labels: ['a', 'b'] }, { labels: ['b', 'c'] }, ['puts on the label c', 'takes off the label a']],
  [{ assignees: ['al'] }, { assignees: ['bo'] }, ['assigns bo', 'unassigns al']],
  [{ reviewers: ['al'] }, { reviewers: ['bo'] }, ['asks for a review by bo', 'asks no more for a review by al']],
  [
    {},
    { title: 'u', body: 'c', state: 'closed' },
    ['changes the title to: u', 'changes the body to: c', 'changes the state to: closed'],
  ],
  [{}, { statuses: status(1, 'success') }, ['sets the status ci: success']],
  [{ statuses: status(1, 'pending', 'x') }, { statuses: status(2, 'failure', 'y') }, ['sets the status ci: failure y']],
  [{ statuses: status(1, 'pending') }, { statuses: status(1, 'pending') }, []],
  [
    {},
    {
      reviews: [
        { id: 1, user: bot, state: 'commented', body: 'hm' },
        { id: 2, user: 'al', state: 'approved', body: '' },
      ],
    },
    ['reviews: commented hm'],
  ],
  [{}, { comments: [said(1, 'hi'), said(2, '/go', 'al')] }, ['says: hi']],
  [{ comments: [said(1, 'hi')] }, { comments: [said(1, 'ho')] }, ['edits its comment to: ho']],
  [{ comments: [said(1, 'hi'), said(2, 'old')] }, { comments: [said(1, 'hi')] }, ['deletes the comment: old']],
])('%j → %j', (before, after, says) => expect(effects(view(before), view(after), bot)).toEqual(says))
