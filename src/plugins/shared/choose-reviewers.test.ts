// Whom to ask for a review: one row per rule. Chance takes the first in the alphabet, unless a row says otherwise.
import { expect, test } from 'vitest'
import { memoryOwners } from '../../owners/testing/memory-owners.ts'
import { type Choosing, chooseReviewers, picker } from './choose-reviewers.ts'

const at = { org: 'org', repo: 'repo' }
const files = {
  OWNERS: 'approvers: [root-a]\nreviewers: [root-r1, root-r2]',
  'a/OWNERS': 'reviewers: [al, ann]\napprovers: [art, avi]\nrequired_reviewers: [must]',
  'b/OWNERS': 'reviewers: [bea, bob]\napprovers: [bea]',
  'c/OWNERS': 'approvers: [cleo, cy]',
  'a/deep/OWNERS': 'required_reviewers: [deep-must]',
  'solo/OWNERS': 'reviewers: [sol]',
  'lone/OWNERS': 'options: {no_parent_owners: true}\nreviewers: [loa]\napprovers: [lob, loc]',
  'x/OWNERS': 'options: {no_parent_owners: true}\napprovers: [xa]\nreviewers: [xr]',
  'y/OWNERS': 'options: {no_parent_owners: true}\napprovers: [ya]\nreviewers: [xr]',
}

interface Given extends Partial<Omit<Choosing, 'repo' | 'limits' | 'scores' | 'asked' | 'pick'>> {
  readonly limits?: Partial<Choosing['limits']>
  readonly scores?: Record<string, number>
  readonly asked?: readonly string[]
  readonly busy?: readonly string[]
  readonly fraction?: number
}

async function choose({ limits = {}, asked = [], busy = [], fraction = 0, scores = {}, ...given }: Given) {
  const points = new Map(Object.entries(scores))
  const lookedUp: string[] = []
  const isBusy = async (login: string) => {
    lookedUp.push(login)
    return busy.includes(login)
  }
  const chosen = await chooseReviewers({
    repo: await memoryOwners(files).load(at, 'main'),
    files: ['a/x.go'],
    author: 'author',
    asksOthers: false,
    ...given,
    asked: new Set(asked),
    limits: { request_count: 2, max_request_count: 0, exclude_approvers: false, ...limits },
    scores: points,
    pick: picker(points, isBusy, { fraction: () => fraction }),
  })
  return { chosen, lookedUp }
}

const one = { request_count: 1 }
const ab = ['a/x.go', 'b/y.go']

test.each<[why: string, given: Given, chosen: string[]]>([
  ['somebody near the file, and who must be asked', { limits: one }, ['al', 'must']],
  ['chance decides', { limits: one, fraction: 0.99 }, ['ann', 'must']],
  ['as many as are wanted', {}, ['al', 'ann', 'must']],
  ['one for each folder, also when they are more than are wanted', { files: ab, limits: one }, ['al', 'bea', 'must']],
  [
    'no more than the maximum, not counting who must be asked',
    { files: ab, limits: { ...one, max_request_count: 1 } },
    ['al', 'must'],
  ],
  ['each folder once', { files: ['a/x.go', 'a/y.go', 'a/z.go'], limits: one }, ['al', 'must']],
  [
    'first who was taken for a folder, then others near the files',
    { files: ['b/y.go', 'a/x.go'], limits: { request_count: 3 }, fraction: 0.99 },
    ['ann', 'bob', 'bea', 'must'],
  ],
  ['then those above', { files: ['solo/x.go'], limits: { request_count: 3 } }, ['sol', 'root-r1', 'root-r2']],
  ['only the author is near: those above', { files: ['solo/x.go'], author: 'sol', limits: one }, ['root-r1']],
  ['then approvers', { files: ['lone/x.go'] }, ['loa', 'lob']],
  [
    'approvers only fill up',
    { files: ['lone/x.go', 'x/1', 'y/2'], limits: { request_count: 3 } },
    ['loa', 'xr', 'lob'],
  ],
  [
    'one approver for each folder, as long as some are wanted',
    { files: ['x/1', 'y/2'], limits: { request_count: 3 } },
    ['xr', 'xa', 'ya'],
  ],
  ['no approvers where they are excluded', { files: ['lone/x.go'], limits: { exclude_approvers: true } }, ['loa']],
  ['fewer where there are no more', { files: ['lone/x.go'], limits: { request_count: 9 } }, ['loa', 'lob', 'loc']],
  ['folders without owners go to those above', { files: ['none/x.go'], limits: one }, ['root-r1']],
  ['nobody where none is wanted, not even who must be', { limits: { request_count: 0 } }, []],
  ['nobody without files', { files: [] }, []],
  ['not the author, who must be asked', { author: 'must', limits: one }, ['al']],
  [
    'who must be asked for a file of a folder that has no reviewers of its own',
    { files: ['a/x.go', 'a/deep/y.go'], limits: one },
    ['al', 'deep-must', 'must'],
  ],
  ['nobody twice', { files: ['x/1'], scores: {}, limits: { request_count: 5 } }, ['xr', 'xa']],

  ['who is asked already counts', { asked: ['ann'] }, ['al', 'must']],
  ['and stands for the folder', { files: ab, asked: ['ann'], limits: one }, ['bea', 'must']],
  ['so that asking again asks nobody new', { files: ab, asked: ['al', 'bea', 'must'] }, []],
  ['an approver who is asked counts', { files: ['lone/x.go'], asked: ['lob'] }, ['loa']],
  [
    'but not where approvers are excluded',
    { files: ['b/x.go'], asked: ['art'], limits: { exclude_approvers: true } },
    ['bea', 'bob'],
  ],
  ['who is no owner of the files does not count', { files: ['b/x.go'], asked: ['al'] }, ['bea', 'bob']],
  [
    'who is asked counts towards the maximum, too',
    { files: ab, asked: ['ann'], limits: { max_request_count: 1 } },
    ['must'],
  ],
  ['who must be asked and is asked', { asked: ['must', 'al'], limits: one }, []],

  ['the busy are left out', { busy: ['al'], limits: one }, ['ann', 'must']],
  ['all are busy', { files: ['x/1'], busy: ['xr', 'xa'] }, []],
  ['all near are busy: those above', { files: ['solo/1'], busy: ['sol'], limits: one }, ['root-r1']],

  ['who knows the lines best', { scores: { ann: 5, al: 1 }, limits: one }, ['ann', 'must']],
  [
    'the best of several, by chance',
    { files: ['b/x'], scores: { bea: 5, bob: 5 }, limits: one, fraction: 0.99 },
    ['bob'],
  ],
  ['the next best when the best is busy', { scores: { ann: 5, al: 1 }, busy: ['ann'], limits: one }, ['al', 'must']],
  ['somebody by chance when nobody knows them', { scores: { zoe: 9 }, limits: one }, ['al', 'must']],
  [
    'the best anywhere above, not the nearest',
    { files: ['solo/x'], scores: { 'root-r2': 2 }, limits: { request_count: 2 } },
    ['root-r2', 'sol'],
  ],
  [
    'the maximum keeps the best',
    { files: ab, scores: { bea: 5, al: 1 }, limits: { max_request_count: 1 } },
    ['bea', 'must'],
  ],

  ['others of the repository', { files: ['x/1'], asksOthers: true, limits: { request_count: 3 } }, ['xr', 'xa', 'al']],
  [
    'the best of those',
    { files: ['x/1'], asksOthers: true, scores: { cy: 1 }, limits: { request_count: 3 } },
    ['cy', 'xr', 'xa'],
  ],
  [
    'also where approvers are excluded',
    { files: ['x/1'], asksOthers: true, limits: { exclude_approvers: true } },
    ['xr', 'al'],
  ],
  [
    'but no busy ones',
    { files: ['x/1'], asksOthers: true, busy: ['al'], limits: { request_count: 3 } },
    ['xr', 'xa', 'ann'],
  ],
  ['who of those is asked counts', { files: ['x/1'], asksOthers: true, asked: ['cy'], limits: one }, ['xr']],
  ['of those nobody when there are enough', { files: ['x/1'], asksOthers: true, limits: one }, ['xr']],
])('%s', async (_why, given, chosen) => {
  expect((await choose(given)).chosen).toEqual(chosen)
})

test('nobody is looked up twice', async () => {
  const { lookedUp } = await choose({
    files: ['solo/x', 'a/y', 'none/z'],
    busy: ['al', 'ann', 'sol', 'root-r1'],
    limits: { request_count: 9 },
  })
  expect(new Set(lookedUp).size).toBe(lookedUp.length)
  expect(lookedUp).toContain('al')
})
