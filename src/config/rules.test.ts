// Rules of values, files and sections, one row each: what would be taken, or refused, if the rule were not there.
import { describe, expect, test } from 'vitest'
import { errorsIn, loadTexts, type Texts } from './testing/texts.ts'

const pod = 'spec: {containers: [{image: i, command: [c]}]}'
const periodic = (fields: string) => `periodics: [{name: j, interval: 1h, ${fields}}]\n`
const decoration = (more = '') =>
  `plank: {default_decoration_config_entries: [{config: {utility_images: {clonerefs: c, initupload: i, entrypoint: e, sidecar: s}, gcs_configuration: {bucket: b, path_strategy: explicit}${more}}}]}\n`

type Row = readonly [why: string, texts: Texts, wrong: readonly string[]]
const check = ([, texts, wrong]: Row) => expect(errorsIn(texts)).toEqual(wrong)

describe('values', () => {
  test.each<Row>([
    ['a level in another case', { config: 'log_level: WARNING' }, []],
    ['a level by an old name', { config: 'log_level: trace' }, []],
    [
      'a type without a second part',
      { config: decoration().replace('bucket: b', 'bucket: b, mediaTypes: {a: text}') },
      [],
    ],
    ...['', 'a b', 'text/', 'a/b; c=d; c=e'].map(
      (type): Row => [
        `the media type ${JSON.stringify(type)}`,
        {
          config: `${decoration().replace('bucket: b', `bucket: b, mediaTypes: {a: "${type}"}`)}${periodic(`${pod}, decorate: true`)}`,
        },
        ['MEDIA_TYPE plank.default_decoration_config_entries[0].config.gcs_configuration.mediaTypes.a'],
      ],
    ),
    ['a list for a text', { config: 'log_level: [info]' }, ['TYPE log_level']],
    [
      'a time without zone',
      { config: 'managed_webhooks: {org_repo_config: {o: {token_created_after: "1969-01-01T00:00:00"}}}' },
      ['TIME managed_webhooks.org_repo_config.o.token_created_after'],
    ],
  ])('%s', (...row) => check(row))
})

describe('files', () => {
  const preset = 'presets: [{labels: {a: b}}, {labels: {a: b, c: d}}]\n'
  test('pairs of labels are counted only where there are files of jobs', () => {
    expect(errorsIn({ config: preset })).toEqual([])
    expect(errorsIn({ config: preset, jobs: '' })).toEqual(['PRESET presets[1]'])
  })
  test('an edit of the protection that has no content is one that is set', () => {
    const text = 'branch-protection: {orgs: {o: {restrictions: {users: [], teams: []}}, p: {restrictions: null}}}'
    expect(loadTexts({ config: text }).config['branch-protection'].orgs).toEqual({
      o: { restrictions: { users: [], teams: [] } },
      p: {},
    })
  })
})

describe('sections', () => {
  const client = (text: string, filters = '[{tenant_id: t}]') =>
    `{gcp: {endpoint_api_consumer_type: PROJECT, endpoint_api_consumer_number: "${text}"}, allowed_jobs_filters: ${filters}}`
  const query = (text: string) => ({ config: `tide: {queries: [{orgs: [p], labels: [a]}, {${text}}]}` })
  test.each<Row>([
    [
      'both forms of rerun rules',
      { config: 'deck: {rerun_auth_configs: {"*": {}}, default_rerun_auth_configs: [{rerun_auth_configs: {}}]}' },
      ['EXCLUSIVE deck.default_rerun_auth_configs'],
    ],
    [
      'nobody is listed beside anybody',
      { config: 'deck: {rerun_auth_configs: {"*": {allow_anyone: true, github_users: []}}}' },
      [],
    ],
    ...['github_team_ids: [1]', 'github_team_slugs: [{slug: s, org: o}]'].map(
      (who): Row => [
        `anyone, and ${who}`,
        { config: `deck: {rerun_auth_configs: {"*": {allow_anyone: true, ${who}}}}` },
        ['RERUN_AUTH deck.rerun_auth_configs["*"]'],
      ],
    ),
    ['two clients', { config: `gangway: {allowed_api_clients: [${client('1')}, ${client('2')}]}` }, []],
    [
      'a client twice',
      { config: `gangway: {allowed_api_clients: [${client('1')}, ${client('1')}]}` },
      ['GANGWAY gangway.allowed_api_clients[1]'],
    ],
    [
      'a client that may start nothing',
      { config: `gangway: {allowed_api_clients: [${client('1', '[]')}]}` },
      ['GANGWAY gangway.allowed_api_clients[0]'],
    ],
    [
      'a client of nobody',
      { config: `gangway: {allowed_api_clients: [${client('1', '[{}]')}]}` },
      ['GANGWAY gangway.allowed_api_clients[0].allowed_jobs_filters'],
    ],
    ['an org without name', query('orgs: [""]'), ['TIDE_QUERY tide.queries[1].orgs[0]']],
    ['a repository twice', query('repos: [o/r, o/r]'), ['TIDE_QUERY tide.queries[1].repos[1]']],
    ['a repository with a folder', query('repos: [o/r/x]'), ['TIDE_QUERY tide.queries[1].repos[0]']],
    [
      'an exception without org',
      query('orgs: [o], excludedRepos: [r]'),
      ['TIDE_QUERY tide.queries[1].excludedRepos[0]'],
    ],
    [
      'an exception twice',
      query('orgs: [o], excludedRepos: [o/r, o/r]'),
      ['TIDE_QUERY tide.queries[1].excludedRepos[1]'],
    ],
    ['a needed label twice', query('orgs: [o], labels: [l, l]'), ['TIDE_QUERY tide.queries[1].labels[1]']],
    [
      'a branch twice',
      query('orgs: [o], includedBranches: [b, b]'),
      ['TIDE_QUERY tide.queries[1].includedBranches[1]'],
    ],
    [
      'a branch left out twice',
      query('orgs: [o], excludedBranches: [b, b]'),
      ['TIDE_QUERY tide.queries[1].excludedBranches[1]'],
    ],
    [
      'a body of merge commits',
      { config: 'tide: {merge_commit_template: {o: {body: "{{if}}"}}}' },
      ['TEMPLATE_SYNTAX tide.merge_commit_template.o.body'],
    ],
    [
      'a field of a merge commit that tide may have',
      { config: 'tide: {merge_commit_template: {o: {body: "{{.GitHub.Foo}}"}}}' },
      [],
    ],
    [
      'a selector of one operator by its label',
      { config: 'jenkins_operators: [{label_selector: "a b"}, {label_selector: c}]' },
      ['SELECTOR jenkins_operators[0].label_selector'],
    ],
    [
      'the template of an operator',
      { config: 'jenkins_operators: [{job_url_template: "{{"}]' },
      ['TEMPLATE_SYNTAX jenkins_operators[0].job_url_template'],
    ],
    [
      'what operators may call',
      { config: `jenkins_operators: [{job_url_template: '{{replace "/" "-" .Spec.Job}}'}]` },
      [],
    ],
    [
      'what plank may not',
      { config: `plank: {job_url_template: '{{replace "/" "-" .Spec.Job}}'}` },
      ['TEMPLATE plank.job_url_template'],
    ],
    [
      'a viewer by a file that is no pattern',
      { config: 'deck: {spyglass: {lenses: [{optional_files: ["("], lens: {name: x}}]}}' },
      ['REGEXP deck.spyglass.lenses[0].optional_files[0]'],
    ],
  ])('%s', (...row) => check(row))
})

describe('plugins', () => {
  const on = 'plugins: {o: {plugins: [hold]}}\n'
  test.each<Row>([
    [
      'an entry of the other list in the org',
      { plugins: 'plugins: {o: {plugins: [rifle], excluded_repos: [r]}, o/r: {plugins: [blunderbuss]}}' },
      [],
    ],
    ['both in one list', { plugins: 'plugins: {o: {plugins: [rifle, blunderbuss]}}' }, ['PLUGINS_EXCLUSIVE plugins.o']],
    ['sizes that descend', { plugins: `${on}size: {s: 1, m: 2, l: 1, xl: 3, xxl: 4}` }, ['PLUGIN_SETTING size.l']],
    [
      'groups and clusters',
      {
        plugins: `${on}config_updater: {cluster_groups: {g: {clusters: [c], namespaces: [n]}}, maps: {a: {name: c, cluster_groups: [g], clusters: {c: [n]}}}}`,
      },
      ['EXCLUSIVE config_updater.maps.a'],
    ],
    [
      'a check twice',
      { plugins: `${on}invalid_commit_msg: [{checks: [{name: fixupPrefix}, {name: fixupPrefix, disabled: true}]}]` },
      [],
    ],
    [
      'a check without name',
      { plugins: `${on}invalid_commit_msg: [{checks: [{disabled: true}]}]` },
      ['PLUGIN_SETTING invalid_commit_msg[0].checks[0]'],
    ],
    ['triggers of one org twice', { plugins: `${on}triggers: [{repos: [o]}, {repos: [o]}]` }, []],
    ['mentions that are no pattern', { plugins: `${on}sigmention: {regexp: "("}` }, ['REGEXP sigmention.regexp']],
    ['hearts that are no pattern', { plugins: `${on}heart: {commentregexp: "("}` }, ['REGEXP heart.commentregexp']],
    [
      'unapproved branches that are no pattern',
      { plugins: `${on}cherry_pick_unapproved: {branchregexp: "("}` },
      ['REGEXP cherry_pick_unapproved.branchregexp'],
    ],
    [
      'something to wait for that is no pattern',
      { plugins: `${on}blunderbuss: {wait_for_status: {description: "("}}` },
      ['REGEXP blunderbuss.wait_for_status.description'],
    ],
    [
      'a time to wait that is none',
      {
        plugins: `${on}require_matching_label: [{org: o, prs: true, regexp: a, missing_label: b, grace_period: soon}]`,
      },
      ['DURATION require_matching_label[0].grace_period'],
    ],
  ])('%s', (...row) => check(row))

  test('a list of no labels is no list of the default ones', () => {
    const labels = (text: string) => loadTexts({ plugins: on + text }).plugins.sections.owners?.labels_denylist
    expect([labels(''), labels('owners: {labels_denylist: []}'), labels('owners: {labels_denylist: }')]).toEqual([
      ['approved', 'lgtm'],
      [],
      ['approved', 'lgtm'],
    ])
  })
  test('the address of an external plugin that has one', () => {
    const plugins = `${on}external_plugins: {o: [{name: x, endpoint: "http://y/z", events: [push]}]}`
    expect(loadTexts({ plugins }).plugins.external_plugins.o).toEqual([
      { name: 'x', endpoint: 'http://y/z', events: ['push'] },
    ])
  })
})
