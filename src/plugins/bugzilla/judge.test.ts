// Which bugs are valid, and in which states they are: one row per rule.
import { expect, test } from 'vitest'
import type { Bug } from '../../bugzilla/bugzilla.ts'
import { judge } from './judge.ts'
import { isInState, moveTo, type Options, shownState } from './state.ts'

const bug = (given: Partial<Bug> = {}): Bug => ({
  id: 1,
  summary: '',
  status: 'NEW',
  resolution: '',
  is_open: true,
  severity: 'high',
  creation_time: '',
  target_release: ['1.0'],
  groups: [],
  depends_on: [],
  blocks: [],
  ...given,
})
const valid = [{ status: 'NEW' }, { status: 'CLOSED', resolution: 'ERRATA' }]
const states = { dependent_bug_states: [{ status: 'VERIFIED' }] }
const releases = { dependent_bug_target_releases: ['1.1', '1.2'] }
const verified = bug({ id: 2, status: 'VERIFIED', target_release: ['1.1'] })

test.each<[why: string, given: Partial<Bug>, options: Options, wrong: readonly string[], fine: readonly string[]]>([
  ['nothing is asked', {}, {}, [], []],
  ['open', {}, { is_open: true }, [], ['bug is open, matching expected state (open)']],
  ['not open', { is_open: false }, { is_open: true }, ["expected the bug to be open, but it isn't"], []],
  ['closed', { is_open: false }, { is_open: false }, [], ["bug isn't open, matching expected state (not open)"]],
  ['not closed', {}, { is_open: false }, ['expected the bug to not be open, but it is'], []],
  [
    'the release, of which the first counts',
    { target_release: ['1.0', '2.0'] },
    { target_release: '1.0' },
    [],
    ['bug target release (1.0) matches configured target release for branch (1.0)'],
  ],
  [
    'another release',
    { target_release: ['2.0', '1.0'] },
    { target_release: '1.0' },
    ['expected the bug to target the "1.0" release, but it targets "2.0" instead'],
    [],
  ],
  [
    'no release',
    { target_release: [] },
    { target_release: '1.0' },
    ['expected the bug to target the "1.0" release, but no target release was set'],
    [],
  ],
  [
    'a valid state',
    {},
    { valid_states: valid },
    [],
    ['bug is in the state NEW, which is one of the valid states (NEW, CLOSED (ERRATA))'],
  ],
  [
    'the state after validation is valid, too',
    { status: 'POST' },
    { valid_states: [{ status: 'NEW' }], state_after_validation: { status: 'POST' } },
    [],
    ['bug is in the state POST, which is one of the valid states (NEW, POST)'],
  ],
  ['any state where none is named', { status: 'ON_QA' }, { state_after_validation: { status: 'POST' } }, [], []],
  [
    'a state that is not valid',
    { status: 'CLOSED', resolution: 'WONTFIX' },
    { valid_states: valid },
    ['expected the bug to be in one of the following states: NEW, CLOSED (ERRATA), but it is CLOSED (WONTFIX) instead'],
    [],
  ],
])('%s', (_why, given, options, wrong, fine) => {
  expect(judge(bug(given), [verified], options, (id) => `B${id}`)).toEqual({ wrong, fine })
})

test.each<[why: string, dependents: readonly Bug[], options: Options, wrong: readonly string[]]>([
  ['all fine', [verified], { ...states, ...releases }, []],
  [
    'another state',
    [verified, bug({ id: 3 })],
    states,
    ['expected dependent B3 to be in one of the following states: VERIFIED, but it is NEW instead'],
  ],
  [
    'another release',
    [bug({ id: 3 })],
    releases,
    ['expected dependent B3 to target a release in 1.1, 1.2, but it targets "1.0" instead'],
  ],
  [
    'no release',
    [bug({ id: 3, target_release: [] })],
    releases,
    ['expected dependent B3 to target a release in 1.1, 1.2, but no target release was set'],
  ],
  [
    'none',
    [],
    { ...states, ...releases },
    [
      'expected B1 to depend on a bug targeting a release in 1.1, 1.2 and in one of the following states: VERIFIED, but no dependents were found',
    ],
  ],
  [
    'none in a state',
    [],
    states,
    ['expected B1 to depend on a bug in one of the following states: VERIFIED, but no dependents were found'],
  ],
])('dependents: %s', (_why, dependents, options, wrong) => {
  const found = judge(bug(), dependents, options, (id) => `B${id}`)
  expect(found.wrong).toEqual(wrong)
  expect(found.fine.includes('bug has dependents')).toBe(dependents.length > 0)
})

test.each<[state: { status?: string; resolution?: string }, shown: string, isIn: boolean, change: object | undefined]>([
  [{ status: 'NEW' }, 'NEW', false, { status: 'NEW' }],
  [{ status: 'CLOSED' }, 'CLOSED', true, undefined],
  [{ status: 'CLOSED', resolution: 'ERRATA' }, 'CLOSED (ERRATA)', false, { resolution: 'ERRATA' }],
  [{ status: 'CLOSED', resolution: 'WONTFIX' }, 'CLOSED (WONTFIX)', true, undefined],
  [{ resolution: 'WONTFIX' }, 'any status with resolution WONTFIX', true, undefined],
  [{ status: '', resolution: 'ERRATA' }, 'any status with resolution ERRATA', false, { resolution: 'ERRATA' }],
  [{}, 'any status', true, undefined],
])('a closed bug and the state %o', (state, shown, isIn, change) => {
  const closed = { status: 'CLOSED', resolution: 'WONTFIX' }
  expect(shownState(state)).toBe(shown)
  expect(isInState(closed, state)).toBe(isIn)
  expect(moveTo(state, closed)).toEqual(change)
})
