// Each check of checkconfig, one row per thing that it finds or lets pass.
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { folderWith } from '../../testing/command-line.ts'
import { readConfiguration } from '../reading.ts'
import { checks, chooseChecks, hostCheckNames } from './checks.ts'
import { checkReading } from './outcome.ts'

const pod = 'spec: {containers: [{image: i, command: [c]}]}'
const presubmit = (fields: string) => `presubmits:\n  o/r:\n  - {name: j, ${pod}, ${fields}}\n`
const periodic = (fields: string) => `periodics:\n- {name: j, interval: 1h, ${pod}, ${fields}}\n`
const long = 'x'.repeat(64)

test.each<[check: string, why: string, jobs: string, plugins: string, says: string[]]>([
  ['non-decorated-jobs', 'no decoration', periodic('decorate: false'), '', ['a.yaml:2:3 decorate']],
  ['non-decorated-jobs', 'other agents', 'periodics:\n- {name: j, interval: 1h, agent: jenkins}', '', []],
  ['long-job-names', '64 bytes', periodic('').replace('name: j', `name: ${long}`), '', ['a.yaml:2:3 name']],
  ['long-job-names', '63 bytes', periodic('').replace('name: j', `name: ${long.slice(1)}`), '', []],
  [
    'duplicate-job-refs',
    'its own repository',
    presubmit('extra_refs: [{org: o, repo: r}]'),
    '',
    ['a.yaml:3:5 extra_refs[0]'],
  ],
  [
    'duplicate-job-refs',
    'one twice',
    presubmit('extra_refs: [{org: o, repo: s}, {org: o, repo: s}]'),
    '',
    ['a.yaml:3:5 extra_refs[1]'],
  ],
  ['duplicate-job-refs', 'two others', presubmit('extra_refs: [{org: o, repo: s}, {org: p, repo: s}]'), '', []],
  [
    'periodic-default-clone-config',
    'each field',
    periodic('clone_depth: 1, path_alias: a'),
    '',
    ['a.yaml:2:3 clone_depth', 'a.yaml:2:3 path_alias'],
  ],
  ['periodic-default-clone-config', 'presubmits may', presubmit('clone_depth: 1'), '', []],
  ['required-job-annotations', 'one is absent', periodic('annotations: {owner: me}'), '', ['a.yaml:2:3 annotations']],
  ['required-job-annotations', 'both are there', periodic('annotations: {owner: me, tier: "1"}'), '', []],
  [
    'validate-cluster-field',
    'jenkins elsewhere',
    'periodics:\n- {name: j, interval: 1h, agent: jenkins, cluster: c}',
    '',
    ['a.yaml:2:3 cluster'],
  ],
  ['validate-cluster-field', 'a Pod elsewhere', periodic('cluster: c'), '', []],
  ['validate-owners', 'nobody verifies', '', 'plugins:\n  o: {plugins: [approve]}', ['plugins.yaml:2:6 plugins']],
  [
    'validate-owners',
    'the org verifies',
    '',
    'plugins:\n  o: {plugins: [verify-owners]}\n  o/r: {plugins: [approve]}',
    [],
  ],
  [
    'validate-owners',
    'but not for an excluded one',
    '',
    'plugins:\n  o: {plugins: [verify-owners], excluded_repos: [r]}\n  o/r: {plugins: [approve]}',
    ['plugins.yaml:3:8 plugins'],
  ],
  ['missing-trigger', 'no plugin', presubmit(''), 'plugins:\n  o/s: {plugins: [trigger]}', ['a.yaml:3:5 plugins']],
  ['missing-trigger', 'the org has it', presubmit(''), 'plugins:\n  o: {plugins: [trigger]}', []],
  ['missing-trigger', 'periodics need none', periodic(''), 'plugins: {}', []],
  [
    'validate-label',
    'no name',
    '',
    'label:\n  restricted_labels:\n    o:\n    - allowed_users: [a]',
    ['plugins.yaml:4:7 label.restricted_labels["o"][0]'],
  ],
  [
    'validate-label',
    'free and restricted',
    '',
    'label:\n  additional_labels: [x]\n  restricted_labels:\n    "*":\n    - label: x\n    - label: y',
    ['plugins.yaml:5:7 label.restricted_labels["*"][0]'],
  ],
  [
    'validate-config-updater-acls',
    'neither org nor repository',
    '',
    'config_updater:\n  maps:\n    a:\n      name: b\n      allowed_repos:\n      - o/r\n      - o/r/x\n      denied_repos: ["", "/r", o]',
    [
      'plugins.yaml:7:9 config_updater.maps["a"].allowed_repos[1]',
      'plugins.yaml:8:23 config_updater.maps["a"].denied_repos[0]',
      'plugins.yaml:8:27 config_updater.maps["a"].denied_repos[1]',
    ],
  ],
])('%s: %s', async (check, _why, jobs, plugins, says) => {
  const folder = folderWith({ 'config.yaml': '', 'a.yaml': jobs, 'plugins.yaml': plugins })
  const [configPath = '', jobConfigPath = '', pluginConfigPath = ''] = ['config.yaml', 'a.yaml', 'plugins.yaml'].map(
    (name) => join(folder, name),
  )
  const reading = await readConfiguration({ configPath, jobConfigPath, pluginConfigPath }, 0)
  expect(reading.problems).toEqual([])
  const { remarks } = checkReading(reading, [check], { requiredAnnotations: ['owner', 'tier'], hasPlugins: true })
  const found = remarks.filter(({ code }) => code === check)
  expect(
    found.map(({ place, field }) => `${place?.file.slice(folder.length + 1)}:${place?.line}:${place?.column} ${field}`),
  ).toEqual(says)
})

test('the page of the configuration says what each check finds', () => {
  const page = readFileSync(resolve(import.meta.dirname, '../../../docs/configuration.md'), 'utf8')
  const named = [...page.matchAll(/^\| (`.*?`) \| /gm)].flatMap(
    ([, names = '']) => names.match(/(?<=`)[a-z-]+(?=`)/g) ?? [],
  )
  expect(named.sort()).toEqual([...Object.keys(checks), ...hostCheckNames].sort())
})

const chosen = (given: Partial<Parameters<typeof chooseChecks>[0]>) => {
  const choice = chooseChecks({ warnings: [], excluded: [], includeDefaults: false, expensive: false, ...given })
  return 'names' in choice ? choice.names : choice.refused
}

test('the default checks, and how they are changed', () => {
  const all = Object.keys(checks)
  const optional = ['valid-decoration-config', 'unknown-fields-all']
  const doubled = 'mismatched-tide-lenient'
  const defaults = all.filter((name) => !optional.includes(name) && name !== doubled)
  expect(chosen({})).toEqual(defaults)
  expect(chosen({ excluded: ['mismatched-tide'] })).toContain(doubled)
  expect(chosen({ expensive: true })).toEqual([...all.filter((name) => name !== doubled), 'verify-owners-presence'])
  expect(chosen({ warnings: ['long-job-names'] })).toEqual(['long-job-names'])
  expect(chosen({ warnings: ['long-job-names'], expensive: true })).toEqual(['long-job-names'])
  expect(chosen({ warnings: ['unknown-fields-all'], includeDefaults: true })).toEqual([
    ...defaults,
    'unknown-fields-all',
  ])
  expect(chosen({ excluded: [...defaults.slice(0, -1), doubled] })).toEqual(defaults.slice(-1))
  expect(chosen({ warnings: ['tide-context-policy'] })).toEqual(['tide-context-policy'])
  expect(chosen({ warnings: ['long-job-name'] })).toContain('"long-job-name" is not one of ')
})

test('the checks that ask the code host', () => {
  expect(chosen({ expensive: true })).toContain('verify-owners-presence')
  expect(chosen({ expensive: true })).not.toContain('validate-github-app-installation')
  expect(chosen({ asApp: true })).toContain('validate-github-app-installation')
  expect(chosen({ asApp: true, excluded: ['validate-github-app-installation'] })).toEqual(chosen({}))
  expect(chosen({ warnings: ['validate-github-app-installation'] })).toEqual(['validate-github-app-installation'])
})

const strict = 'protect: true, required_status_checks: {strict: true}'
const tide = (query: string, protection = '') => `tide: {queries: [{${query}}]}\nbranch-protection: {${protection}}\n`

test.each<[check: string, why: string, main: string, plugins: string, says: string[]]>([
  [
    'needs-ok-to-test',
    'with lgtm',
    tide('orgs: [o], labels: [lgtm], missingLabels: [needs-ok-to-test]'),
    '',
    ['tide.queries'],
  ],
  ['needs-ok-to-test', 'without', tide('orgs: [o], missingLabels: [needs-ok-to-test]'), '', []],
  [
    'managed-webhooks',
    'both',
    'managed_webhooks: {org_repo_config: {o: {}, o/r: {}, p/r: {}}}',
    '',
    ['managed_webhooks.org_repo_config["o/r"]'],
  ],
  ['validate-urls', 'no URL', 'status_error_link: "://x"', '', ['status_error_link']],
  ['validate-urls', 'the default', '', '', []],
  [
    'tide-strict-branch',
    'everywhere',
    tide('orgs: [o]', strict),
    '',
    ['branch-protection.required_status_checks.strict'],
  ],
  ['tide-strict-branch', 'without Tide', `branch-protection: {${strict}}`, '', []],
  ['tide-strict-branch', 'not protected', tide('orgs: [o]', 'required_status_checks: {strict: true}'), '', []],
  [
    'tide-strict-branch',
    'an org, protected from above',
    tide(
      'repos: [o/r]',
      'protect: true, orgs: {o: {required_status_checks: {strict: true}}, p: {required_status_checks: {strict: true}}}',
    ),
    '',
    ['branch-protection.orgs.o.required_status_checks.strict'],
  ],
  [
    'tide-strict-branch',
    'a branch of a repository',
    tide('orgs: [o], excludedRepos: [o/s]', `orgs: {o: {repos: {r: {branches: {main: {${strict}}}}, s: {${strict}}}}}`),
    '',
    ['branch-protection.orgs.o.repos.r.required_status_checks.strict'],
  ],
  [
    'validate-unmanaged-branchconfig-has-no-subconfig',
    'a setting and a level',
    'branch-protection: {orgs: {o: {unmanaged: true, protect: true, repos: {r: {protect: true}, s: {unmanaged: false}}}}}',
    '',
    ['branch-protection.orgs.o.protect', 'branch-protection.orgs.o.repos.r'],
  ],
  [
    'validate-unmanaged-branchconfig-has-no-subconfig',
    'a managed branch far below',
    'branch-protection: {unmanaged: true, orgs: {o: {repos: {r: {branches: {main: {unmanaged: false}}}}}, p: {}}}',
    '',
    ['branch-protection.orgs.p'],
  ],
  [
    'tide-context-policy',
    'a branch of a repository',
    'tide: {context_options: {orgs: {o: {repos: {r: {branches: {b: {required-contexts: [c], optional-contexts: [c]}}}}}}}}',
    '',
    ['tide.context_options'],
  ],
  [
    'tide-context-policy',
    'a job that is required elsewhere, and a branch that only the job names',
    `tide: {context_options: {optional-regex-contexts: [j]}}\n${presubmit('always_run: true, branches: [b]')}`,
    '',
    ['tide.context_options'],
  ],
  [
    'tide-context-policy',
    'no repository is named',
    'tide: {context_options: {required-contexts: [c], optional-contexts: [c]}}',
    '',
    [],
  ],
  [
    'mismatched-tide-lenient',
    'nobody gives lgtm',
    tide('orgs: [o], labels: [lgtm]'),
    'plugins: {o/r: {plugins: [lgtm]}}',
    ['tide.queries'],
  ],
  [
    'mismatched-tide-lenient',
    'nobody heeds approval',
    tide('repos: [o/r]'),
    'plugins: {o: {plugins: [approve]}}',
    ['tide.queries'],
  ],
  ['mismatched-tide-lenient', 'other labels', tide('orgs: [o]'), 'plugins: {o: {plugins: [hold]}}', []],
  ['mismatched-tide', 'nobody heeds holds', tide('orgs: [o]'), 'plugins: {o: {plugins: [hold]}}', ['tide.queries']],
  [
    'mismatched-tide',
    'excluded on both sides',
    tide('orgs: [o], excludedRepos: [o/x], missingLabels: [do-not-merge/hold]'),
    'plugins: {o: {plugins: [hold], excluded_repos: [x]}}',
    [],
  ],
  ['mismatched-tide', 'needs-rebase one way', tide('orgs: [o]'), 'external_plugins: {o: [{name: needs-rebase}]}', []],
  ['mismatched-tide', 'needs-rebase the other', tide('orgs: [o], missingLabels: [needs-rebase]'), '', ['tide.queries']],
])('%s: %s', async (check, _why, main, plugins, says) => {
  const folder = folderWith({ 'config.yaml': main, 'plugins.yaml': plugins })
  const paths = { configPath: join(folder, 'config.yaml'), pluginConfigPath: join(folder, 'plugins.yaml') }
  const reading = await readConfiguration(paths, 0)
  expect(reading.problems).toEqual([])
  const { remarks } = checkReading(reading, [check], { requiredAnnotations: [], hasPlugins: true })
  expect(remarks.flatMap(({ code, field }) => (code === check ? [field] : []))).toEqual(says)
})

test('commands that Gerrit does not take are errors, whatever was chosen', async () => {
  const folder = folderWith({
    'config.yaml': `gerrit: {allowed_presubmit_trigger_re: ^/test}\n${presubmit('trigger: run, rerun_command: run')}`,
  })
  const reading = await readConfiguration({ configPath: join(folder, 'config.yaml') }, 0)
  const { remarks } = checkReading(reading, [], { requiredAnnotations: [], hasPlugins: false })
  expect(remarks).toMatchObject([{ severity: 'error', code: 'gerrit-trigger', place: { line: 4 } }])
})
