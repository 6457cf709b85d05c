// The sections of plugins.yaml: what is wrong, what is warned of, and how several files come together. One row per rule.
import { describe, expect, test } from 'vitest'
import { errorsIn, loadTexts, warningsIn } from '../../testing/texts.ts'

const on = 'plugins: {o: {plugins: [hold]}}\n'
const label = (text: string) =>
  `require_matching_label: [{org: o, regexp: "^kind/", missing_label: needs-kind, prs: true, ${text}}]`
const at = (index: number) => `PLUGIN_SETTING require_matching_label[${index}]`

test.each<[why: string, text: string, wrong: string[]]>([
  ['nobody to ask', 'blunderbuss: {request_count: 0}', ['PLUGIN_SETTING blunderbuss.request_count']],
  ['nobody to aim at', 'rifle: {request_count: -1}', ['PLUGIN_SETTING rifle.request_count']],
  [
    'a description that does not compile',
    'rifle: {wait_for_status: {description: "("}}',
    ['REGEXP rifle.wait_for_status.description'],
  ],
  ['some sizes only', 'size: {m: 50}', ['PLUGIN_SETTING size.l']],
  ['the smallest size only', 'size: {s: 20}', ['PLUGIN_SETTING size.m']],
  ['the largest size only', 'size: {xxl: 2000}', []],
  ['all sizes', 'size: {s: 1, m: 2, l: 2, xl: 3, xxl: 4}', []],
  ['a label that is matched already', label('missing_label: kind/none'), [at(0)]],
  ['no label of an org', label('org: ""'), [at(0)]],
  ['a repository with its org', label('repo: o/r'), [at(0)]],
  ['no pattern', label('regexp: ""'), [at(0)]],
  ['no label to set', label('missing_label: ""'), [at(0)]],
  ['neither for issues nor changes', label('prs: false'), [at(0)]],
  ['a branch of issues', label('prs: false, issues: true, branch: b'), [at(0)]],
  ['a good one', label('branch: b, grace_period: 1m'), []],
  ['time to wait', label('grace_period: 5'), ['TYPE require_matching_label[0].grace_period']],
  ['no projects', 'project_manager: {orgsRepos: {o: {}}}', ['PLUGIN_SETTING project_manager.orgsRepos.o']],
  [
    'columns',
    'project_manager: {orgsRepos: {o: {projects: {p: {columns: [{labels: [a], org: o}, {id: 1, org: o}, {name: n, labels: [a]}, {id: 1, labels: [b], org: o}, {id: 2, labels: [b], org: o}]}}}}}',
    [0, 1, 2, 4].map((index) => `PLUGIN_SETTING project_manager.orgsRepos.o.projects.p.columns[${index}]`),
  ],
  ['an org in two entries', 'approve: [{repos: [o]}, {repos: [o]}]', ['PLUGIN_SETTING approve[1].repos[0]']],
  ['a repository in two welcomes', 'welcome: [{repos: [o/r]}, {repos: [o/r]}]', ['PLUGIN_SETTING welcome[1].repos[0]']],
  ['an org and its repository', 'welcome: [{repos: [o]}, {repos: [o/r]}]', []],
  [
    'a check nobody knows',
    'invalid_commit_msg: [{checks: [{name: x}]}]',
    ['CHOICE invalid_commit_msg[0].checks[0].name'],
  ],
  ['a blank repository', 'invalid_commit_msg: [{repos: [" "]}]', ['PLUGIN_SETTING invalid_commit_msg[0].repos[0]']],
  [
    'two paths with one key of one ConfigMap',
    'config_updater: {maps: {a/x: {name: c}, b/x: {name: c}}}',
    ['PLUGIN_SETTING config_updater.maps["b/x"]'],
  ],
  ['in two namespaces', 'config_updater: {maps: {a/x: {name: c}, b/x: {name: c, clusters: {default: [n]}}}}', []],
  [
    'patterns',
    'config_updater: {maps: {"a/**/*.yaml": {name: c}, "b/**/*.yaml": {name: c}}}',
    ['PLUGIN_SETTING config_updater.maps["b/**/*.yaml"]'],
  ],
  [
    'patterns by groups',
    'config_updater: {cluster_groups: {g: {clusters: [x], namespaces: [n]}}, maps: {"a/**/*.yaml": {name: c, cluster_groups: [g]}, "b/**/*.yaml": {name: c, cluster_groups: [g]}}}',
    [],
  ],
  [
    'a group nobody knows',
    'config_updater: {maps: {a: {name: c, cluster_groups: [g]}}}',
    ['PLUGIN_SETTING config_updater.maps.a.cluster_groups[0]'],
  ],
  [
    'one name and several',
    'config_updater: {maps: {a: {name: c, partitioned_names: [d]}}}',
    ['EXCLUSIVE config_updater.maps.a'],
  ],
  ['a label pattern that does not compile', label('regexp: "("'), ['REGEXP require_matching_label[0].regexp']],
  ['patterns of blockades', 'blockades: [{branchregexp: "("}]', ['REGEXP blockades[0].branchregexp']],
  ['patterns of picks', 'cherry_pick_approved: [{branchregexp: "("}]', ['REGEXP cherry_pick_approved[0].branchregexp']],
])('%s', (_why, text, wrong) => expect(errorsIn({ plugins: on + text })).toEqual(wrong))

test.each<[text: string, warned: string[]]>([
  ['trigers: []', ['UNKNOWN_FIELD trigers']],
  ['owners: {skip_collaborator: []}', ['UNKNOWN_FIELD owners.skip_collaborator']],
  ['triggers: [{trusted_org: o}]', ['DEPRECATED triggers[0].trusted_org']],
  ['repo_milestone: {"": {maintainers_id: 1}}', ['DEPRECATED repo_milestone[""].maintainers_id']],
  [
    'blockades: [{blockregexps: [ok, "("], exceptionregexps: ["["]}]',
    ['REGEXP_LATE blockades[0].blockregexps[1]', 'REGEXP_LATE blockades[0].exceptionregexps[0]'],
  ],
  ['welcome: [{repos: [o], message_template: "Hi @{{.AuthorLogin}} of {{.Org}}/{{.Repo}}: {{.AuthorName}}"}]', []],
  ['welcome: [{repos: [o], message_template: "Hi {{.Author}}"}]', ['TEMPLATE_LATE welcome[0].message_template']],
  [
    "welcome: [{repos: [o], message_template: '<script>{{.Org}}</script>'}]",
    ['TEMPLATE_LATE welcome[0].message_template'],
  ],
  ['branch_cleaner: {preserved_branches: {o: ["release-["]}}', ['REGEXP_LATE branch_cleaner.preserved_branches.o[0]']],
  ['lgtm: []', []],
])('warned of: %s', (text, warned) => expect(warningsIn({ plugins: on + text })).toEqual(warned))

test('a list of plugins is the older form, and no plugins at all are told', () => {
  expect(warningsIn({ plugins: 'plugins: {o: [hold]}' })).toEqual(['DEPRECATED plugins'])
  expect(warningsIn({ plugins: 'plugins: {}' })).toEqual(['NO_PLUGINS plugins'])
})

test('groups of clusters are spelled out, and what else is said stays', () => {
  const { sections } = loadTexts({
    plugins: `${on}config_updater:
  cluster_groups: {g: {clusters: [c1, c2], namespaces: [n1, n2]}, h: {clusters: [c2], namespaces: [n2, n3]}}
  maps: {a: {name: c, cluster_groups: [g, h], allowed_repos: [o/r], use_full_path_as_key: true}}`,
  }).plugins
  expect(sections.config_updater?.maps).toEqual({
    a: {
      name: 'c',
      use_full_path_as_key: true,
      allowed_repos: ['o/r'],
      clusters: { c1: ['n1', 'n2'], c2: ['n1', 'n2', 'n3'] },
    },
  })
})

describe('supplemental files', () => {
  test.each<[why: string, main: string, shard: string, wrong: string[]]>([
    ['a section that must not be spread', '', 'size: {s: 1}', ['SUPPLEMENTAL size']],
    ['labels for everybody', '', 'label: {additional_labels: [a]}', ['SUPPLEMENTAL label.additional_labels']],
    ['an org twice', '', 'plugins: {o: {plugins: [lgtm]}}', ['SET_TWICE plugins.o']],
    [
      'external plugins twice',
      'external_plugins: {o: []}',
      'external_plugins: {o: []}',
      ['SET_TWICE external_plugins.o'],
    ],
    ['a plugin that the org has', '', 'plugins: {o/r: {plugins: [hold]}}', ['PLUGIN_TWICE plugins["o/r"]']],
    [
      'the default of bugs',
      'bugzilla: {default: {"*": {}}}',
      'bugzilla: {default: {b: {}}}',
      ['SET_TWICE bugzilla.default'],
    ],
    [
      'bugs of a repository',
      'bugzilla: {orgs: {o: {repos: {r: {}}}}}',
      'bugzilla: {orgs: {o: {default: {b: {}}, repos: {r: {}, s: {}}}}}',
      ['SET_TWICE bugzilla.orgs.o.repos.r'],
    ],
    [
      'a label',
      'label: {restricted_labels: {o: [{label: a}]}}',
      'label: {restricted_labels: {o: [{label: b}, {label: a}]}}',
      ['SET_TWICE label.restricted_labels.o[1]'],
    ],
  ])('%s', (_why, main, shard, wrong) => expect(errorsIn({ plugins: on + main, pluginShards: [shard] })).toEqual(wrong))

  test('are united', () => {
    const { plugins } = loadTexts({
      plugins: `${on}approve: [{repos: [o]}]`,
      pluginShards: [
        'plugins: {p: {plugins: [lgtm]}}\napprove: [{repos: [p]}]',
        'lgtm: [{repos: [p]}]\ntriggers: [{repos: [p]}]',
      ],
    })
    expect(Object.keys(plugins.plugins)).toEqual(['o', 'p'])
    expect(plugins.sections.approve?.map(({ repos }) => repos)).toEqual([['o'], ['p']])
    expect([plugins.lgtm.length, plugins.triggers.length]).toEqual([1, 1])
  })
})
