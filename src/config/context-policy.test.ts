// Which contexts must be green: one row per rule, on configuration as it is written.
import { expect, test } from 'vitest'
import { contextPolicy } from './context-policy.ts'
import { loadTexts } from './testing/texts.ts'

const pod = 'spec: {containers: [{image: i}]}'
const jobs = (...fields: string[]) =>
  `presubmits:\n  o/r:\n${fields.map((each, index) => `  - {name: j${index}, ${pod}, ${each}}`).join('\n')}\n`
const policyOf = (text: string, branch = 'main') => {
  const { config } = loadTexts({ config: text })
  const { policy, problems } = contextPolicy(config, config.presubmits['o/r'] ?? [], { org: 'o', repo: 'r', branch })
  const { required, requiredIfPresent, optional } = policy
  return { lists: [required, requiredIfPresent, optional].map((list) => list.join(' ')), problems, policy }
}
const options = (text: string) => `tide: {context_options: {${text}}}\n`
const protection = (text: string) => `${options('from-branch-protection: true')}branch-protection: {${text}}\n`

test.each<[why: string, text: string, lists: [required: string, ifPresent: string, optional: string]]>([
  ['nothing', '', ['', '', '']],
  ['jobs that always run', jobs('always_run: true'), ['j0', '', '']],
  [
    'jobs by files and by hand',
    jobs('run_if_changed: x', 'skip_if_only_changed: x', 'max_concurrency: 1'),
    ['', 'j0 j1 j2', ''],
  ],
  [
    'jobs that may fail',
    jobs('always_run: true, optional: true', 'always_run: true, skip_report: true'),
    ['', '', 'j0 j1'],
  ],
  ['jobs of other branches', jobs('always_run: true, branches: [dev]', 'skip_branches: [main]'), ['', '', '']],
  ['the context, not the name', jobs('always_run: true, context: c'), ['c', '', '']],
  [
    'lists of every level',
    options(
      'required-contexts: [a], orgs: {o: {required-contexts: [b, a], repos: {r: {optional-contexts: [d], branches: {main: {required-if-present-contexts: [c]}}}}}}',
    ),
    ['a b', 'c', 'd'],
  ],
  [
    'lists of others',
    options(
      'orgs: {p: {required-contexts: [a]}, o: {repos: {s: {required-contexts: [a]}, r: {branches: {dev: {required-contexts: [a]}}}}}}',
    ),
    ['', '', ''],
  ],
  [
    'protection that was not asked for',
    'branch-protection: {orgs: {o: {protect: true, required_status_checks: {contexts: [a]}}}}',
    ['', '', ''],
  ],
  [
    'protection of all levels',
    protection(
      'protect: true, required_status_checks: {contexts: [a]}, orgs: {o: {repos: {r: {required_status_checks: {contexts: [b]}}}}}',
    ),
    ['a b', '', ''],
  ],
  [
    'protection without the org',
    protection('protect: true, required_status_checks: {contexts: [a]}, orgs: {p: {}}'),
    ['', '', ''],
  ],
  ['protection that is off', protection('orgs: {o: {required_status_checks: {contexts: [a]}}}'), ['', '', '']],
  [
    'protection of tested repositories',
    `${protection('protect-tested-repos: true, orgs: {o: {required_status_checks: {contexts: [a]}}}')}${jobs('always_run: true')}`,
    ['a j0', '', ''],
  ],
  [
    'jobs by hand that must run',
    `${protection('protect: true, require_manually_triggered_jobs: true, orgs: {o: {}}')}${jobs('max_concurrency: 1', 'run_if_changed: x')}`,
    ['j0', 'j1', ''],
  ],
  [
    'a protection that contradicts itself counts for nothing',
    `${protection('orgs: {o: {protect: false, required_status_checks: {contexts: [a]}}}')}${jobs('always_run: true')}`,
    ['j0', '', ''],
  ],
  [
    'a branch that says nothing of protection',
    protection('orgs: {o: {required_status_checks: {contexts: [a]}, repos: {r: {branches: {main: {}}}}}}'),
    ['', '', ''],
  ],
])('%s', (_why, text, lists) => expect(policyOf(text)).toMatchObject({ lists, problems: [] }))

test('flags of lower levels win', () => {
  const text = options(
    'skip-unknown-contexts: true, overwrite-pending-contexts: true, orgs: {o: {skip-unknown-contexts: false}}',
  )
  expect(policyOf(text).policy).toMatchObject({ skipUnknown: false, overwritePending: true })
})

test.each<[text: string, problems: string[]]>([
  [options('required-contexts: [c1], optional-contexts: [c1]'), ['c1: both required and optional']],
  [
    options('required-contexts: [c1], required-if-present-contexts: [c1]'),
    ['c1: both required and required if present'],
  ],
  [
    options('required-if-present-contexts: [c1], optional-contexts: [c1]'),
    ['c1: both required if present and optional'],
  ],
  [
    options('required-contexts: [c1], optional-regex-contexts: [c.]'),
    ['c1: required, but the optional pattern c. matches'],
  ],
  [options("optional-regex-contexts: ['c\\']"), ['error parsing regexp: trailing backslash at end of expression: ``']],
  [`${options('required-contexts: [j0]')}${jobs('optional: true')}`, ['j0: both required and optional']],
])('%s', (text, problems) => expect(policyOf(text).problems).toEqual(problems))
