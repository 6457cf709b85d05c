// Options of bugzilla for a branch, one row per rule.
import { expect, test } from 'vitest'
import { loadTexts } from '../../testing/texts.ts'
import { bugzillaOptions } from './bugzilla-options.ts'

const optionsOf = (text: string) => {
  const { bugzilla } = loadTexts({ plugins: `plugins: {o: {plugins: [bugzilla]}}\nbugzilla: {${text}}` }).plugins
    .sections
  return bugzillaOptions({ default: {}, orgs: {}, ...bugzilla }, 'o', 'r', 'main')
}

test.each<[why: string, text: string, options: object]>([
  ['nothing', '', {}],
  ['for all', 'default: {"*": {is_open: true}}', { is_open: true }],
  [
    'the branch over all branches',
    'default: {main: {is_open: false}, "*": {is_open: true, target_release: a}}',
    { is_open: false, target_release: 'a' },
  ],
  ['another branch', 'default: {dev: {is_open: true}}', {}],
  [
    'the org over all, whatever the branch',
    'default: {main: {target_release: a}}, orgs: {o: {default: {"*": {target_release: b}}}}',
    { target_release: 'b' },
  ],
  [
    'the repository over the org',
    'orgs: {o: {default: {main: {target_release: b}}, repos: {r: {branches: {"*": {target_release: c}}}}}}',
    { target_release: 'c' },
  ],
  ['others', 'orgs: {p: {default: {"*": {is_open: true}}}, o: {repos: {s: {branches: {"*": {is_open: true}}}}}}', {}],
  ['an org called * is no org', 'orgs: {"*": {default: {"*": {is_open: true}}}}', {}],
  [
    'nothing is inherited',
    'default: {"*": {is_open: true, target_release: a}}, orgs: {o: {default: {main: {exclude_defaults: true, target_release: b}}}}',
    { target_release: 'b' },
  ],
  [
    'statuses are states',
    'default: {"*": {statuses: [B, A], valid_states: [{status: C, resolution: D}, {status: A}]}}',
    { valid_states: [{ status: 'A' }, { status: 'B' }, { status: 'C', resolution: 'D' }] },
  ],
  [
    'statuses of a child reset states',
    'default: {"*": {valid_states: [{status: A}]}, main: {statuses: [B]}}',
    { valid_states: [{ status: 'B' }] },
  ],
  [
    'the same of bugs that it depends on',
    'default: {"*": {dependent_bug_statuses: [A]}}',
    { dependent_bug_states: [{ status: 'A' }] },
  ],
  [
    'states after something',
    'default: {"*": {status_after_validation: A, status_after_merge: B, state_after_merge: {resolution: C}, state_after_close: {status: D}}}',
    {
      state_after_validation: { status: 'A' },
      state_after_merge: { status: 'B', resolution: 'C' },
      state_after_close: { status: 'D' },
    },
  ],
  [
    'the older release is one more',
    'default: {"*": {dependent_bug_target_releases: [a], dependent_bug_target_release: b}}',
    { dependent_bug_target_releases: ['a', 'b'] },
  ],
  [
    'groups unite',
    'default: {"*": {allowed_groups: [b]}, main: {allowed_groups: [a, b]}}',
    { allowed_groups: ['a', 'b'] },
  ],
])('%s', (_why, text, options) => expect(optionsOf(text)).toEqual(options))
