// The sections of the main file: what is wrong, what is warned of, and what older forms become. One row per rule.
import { describe, expect, test } from 'vitest'
import { errorsIn, loadTexts, warningsIn } from '../testing/texts.ts'

const config = (text: string) => loadTexts({ config: text }).config
const query = (text: string) => `tide: {queries: [{${text}}]}`

test.each<[why: string, text: string, wrong: string[]]>([
  ['a negative size limit', 'deck: {spyglass: {size_limit: -4}}', ['NEGATIVE deck.spyglass.size_limit']],
  [
    'both forms of the bucket browser',
    'deck: {spyglass: {gcs_browser_prefix: a, gcs_browser_prefixes: {"*": b}}}',
    ['EXCLUSIVE deck.spyglass.gcs_browser_prefixes'],
  ],
  [
    'the other one, too',
    'deck: {spyglass: {gcs_browser_prefix: a, gcs_browser_prefixes_by_bucket: {"*": b}}}',
    ['EXCLUSIVE deck.spyglass.gcs_browser_prefixes_by_bucket'],
  ],
  ['a browser of one org is fine', 'deck: {spyglass: {gcs_browser_prefix: a, gcs_browser_prefixes: {o: b}}}', []],
  [
    'a file pattern that does not compile',
    'deck: {spyglass: {lenses: [{required_files: ["("], lens: {name: x}}]}}',
    ['REGEXP deck.spyglass.lenses[0].required_files[0]'],
  ],
  [
    'a viewer pattern that does not compile',
    'deck: {spyglass: {viewers: {"(": [x]}}}',
    ['REGEXP deck.spyglass.viewers["("]'],
  ],
  [
    'buckets that nobody checks',
    'deck: {additional_allowed_buckets: [b]}',
    ['DECK_BUCKETS deck.additional_allowed_buckets'],
  ],
  ['buckets that are checked', 'deck: {additional_allowed_buckets: [b], skip_storage_path_validation: false}', []],
  [
    'a selector and a template of external logs',
    'deck: {external_agent_logs: [{agent: a, selector: "a in b", url_template: "{{"}]}',
    ['SELECTOR deck.external_agent_logs[0].selector', 'TEMPLATE_SYNTAX deck.external_agent_logs[0].url_template'],
  ],
  ['a selector by sets', 'deck: {external_agent_logs: [{selector: "a in (b, c),!d,e=f", url_template: x}]}', []],
  ['an address of Deck with a blank', 'gerrit: {deck_url: "http://a b"}', ['URL gerrit.deck_url']],
  [
    'a pattern of comments',
    'gerrit: {allowed_presubmit_trigger_re: "(?=x)"}',
    ['REGEXP gerrit.allowed_presubmit_trigger_re'],
  ],
  ['negative workers', 'plank: {max_goroutines: -1}', ['NOT_POSITIVE plank.max_goroutines']],
  ['negative workers of Tide', 'tide: {max_goroutines: -1}', ['NOT_POSITIVE tide.max_goroutines']],
  [
    'one operator with a selector',
    'jenkins_operators: [{label_selector: a=b}]',
    ['SELECTOR jenkins_operators[0].label_selector'],
  ],
  [
    'two operators, one without',
    'jenkins_operators: [{label_selector: a=b}, {}]',
    ['SELECTOR jenkins_operators[1].label_selector'],
  ],
  ['two operators', 'jenkins_operators: [{label_selector: a=b}, {label_selector: a!=b}]', []],
  [
    'both forms of subscriptions',
    'pubsub_subscriptions: {p: [t]}\npubsub_triggers: [{project: p}]',
    ['EXCLUSIVE pubsub_triggers'],
  ],
  ['a Slack reporter without channel', 'slack_reporter_configs: {o: {host: h}}', ['MISSING slack_reporter_configs.o']],
  [
    'a field that no ProwJob has',
    'slack_reporter_configs: {o: {channel: c, report_template: "{{ .Undef }}"}}',
    ['TEMPLATE_SYNTAX slack_reporter_configs.o.report_template'],
  ],
  [
    'refs that an empty ProwJob lacks',
    'slack_reporter_configs: {o: {channel: c, report_template: "{{ .Spec.Refs.Org }}"}}',
    ['TEMPLATE_SYNTAX slack_reporter_configs.o.report_template'],
  ],
  [
    'refs behind a guard',
    `slack_reporter_configs: {o: {channel: c, report_template: '{{if .Spec.Refs}}{{printf "%.7s" .Spec.Refs.BaseSHA}}{{end}}'}}`,
    [],
  ],
  [
    'include and exclude at the top',
    'branch-protection: {include: [a], exclude: [b]}',
    ['EXCLUSIVE branch-protection.include'],
  ],
  ['include and exclude below', 'branch-protection: {orgs: {o: {include: [a], exclude: [b]}}}', []],
  ['a client without gcp', 'gangway: {allowed_api_clients: [{}]}', ['GANGWAY gangway.allowed_api_clients[0]']],
  [
    'a client of another kind, without filters',
    'gangway: {allowed_api_clients: [{gcp: {endpoint_api_consumer_type: ORG, endpoint_api_consumer_number: x}}]}',
    [
      'GANGWAY gangway.allowed_api_clients[0].gcp.endpoint_api_consumer_type',
      'GANGWAY gangway.allowed_api_clients[0].gcp.endpoint_api_consumer_number',
      'GANGWAY gangway.allowed_api_clients[0]',
    ],
  ],
  [
    'a date without time',
    'managed_webhooks: {org_repo_config: {o: {token_created_after: 2020-01-02}}}',
    ['TIME managed_webhooks.org_repo_config.o.token_created_after'],
  ],
  [
    'a day that no month has',
    'managed_webhooks: {org_repo_config: {o: {token_created_after: "2020-02-30T00:00:00Z"}}}',
    ['TIME managed_webhooks.org_repo_config.o.token_created_after'],
  ],
  [
    'a time to come',
    'managed_webhooks: {org_repo_config: {o: {token_created_after: "1970-01-01T01:00:00Z"}}}',
    ['TIME_IN_FUTURE managed_webhooks.org_repo_config.o.token_created_after'],
  ],
  [
    'a time that has passed',
    'managed_webhooks: {org_repo_config: {o: {token_created_after: "1970-01-01T01:00:00+01:00"}}}',
    [],
  ],
  ['both target URLs', 'tide: {target_url: a, target_urls: {o: b}}', ['EXCLUSIVE tide.target_urls']],
  [
    'both status pages',
    'tide: {pr_status_base_url: a, pr_status_base_urls: {"*": b}}',
    ['EXCLUSIVE tide.pr_status_base_urls'],
  ],
  ['status pages without one for all', 'tide: {pr_status_base_urls: {o: b}}', ['MISSING tide.pr_status_base_urls']],
  [
    'a policy on blocked merges',
    'tide: {github_merge_blocks_policy: {o: maybe}}',
    ['CHOICE tide.github_merge_blocks_policy.o'],
  ],
  [
    'a commit template',
    'tide: {merge_commit_template: {o: {title: "{{"}}}',
    ['TEMPLATE_SYNTAX tide.merge_commit_template.o.title'],
  ],
  [
    'merge methods, all that is wrong',
    'tide: {merge_method: {o: fake, p: {r: fake, s: {"invalid-regex[": merge, x: ""}}}}',
    [
      'CHOICE tide.merge_method.o',
      'CHOICE tide.merge_method.p.r',
      'REGEXP tide.merge_method.p.s["invalid-regex["]',
      'CHOICE tide.merge_method.p.s.x',
    ],
  ],
  [
    'merge methods in every form',
    'tide: {merge_method: {o: squash, o/r: null, o/r@b: "", p: {"*": {b.*: rebase}}}}',
    [],
  ],
  ['a query of nothing', query('labels: [a]'), ['TIDE_QUERY tide.queries[0]']],
  ['an org with a slash', query('orgs: [o/r]'), ['TIDE_QUERY tide.queries[0].orgs[0]']],
  ['an org twice', query('orgs: [o, o]'), ['TIDE_QUERY tide.queries[0].orgs[1]']],
  ['a repository without org', query('repos: [r]'), ['TIDE_QUERY tide.queries[0].repos[0]']],
  ['a repository that an org covers', query('orgs: [o], repos: [o/r]'), ['TIDE_QUERY tide.queries[0].repos[0]']],
  [
    'an exception from no org',
    query('orgs: [o], excludedRepos: [p/r]'),
    ['TIDE_QUERY tide.queries[0].excludedRepos[0]'],
  ],
  [
    'a label for and against',
    query('orgs: [o], labels: [l], missingLabels: [l]'),
    ['TIDE_QUERY tide.queries[0].labels[0]'],
  ],
  ['a label twice', query('orgs: [o], missingLabels: [l, l]'), ['TIDE_QUERY tide.queries[0].missingLabels[1]']],
  [
    'branches for and against',
    query('orgs: [o], includedBranches: [a], excludedBranches: [b]'),
    ['TIDE_QUERY tide.queries[0].excludedBranches'],
  ],
])('%s', (_why, text, wrong) => expect(errorsIn({ config: text })).toEqual(wrong))

describe('what is warned of', () => {
  test.each<[text: string, warned: string[]]>([
    ['plank: {report_template: x}', ['DEPRECATED plank.report_template']],
    ['tide: {target_url: x}', ['DEPRECATED tide.target_url']],
    ['tide: {pr_status_base_url: x}', ['DEPRECATED tide.pr_status_base_url']],
    ['deck: {spyglass: {viewers: {a: [b]}}}', ['DEPRECATED deck.spyglass.viewers']],
    ['pubsub_subscriptions: {p: [t]}', ['DEPRECATED pubsub_subscriptions']],
    ['default_job_timeout: 1h', ['DEPRECATED default_job_timeout']],
    ['plank: {max_revival: 1}', ['UNKNOWN_FIELD plank.max_revival']],
    [
      'owners_dir_denylist: {default: ["("], repos: {o: [ok, "["]}}',
      ['REGEXP_LATE owners_dir_denylist.repos.o[1]', 'REGEXP_LATE owners_dir_denylist.default[0]'],
    ],
    [
      'branch-protection: {orgs: {o: {exclude: ["("], repos: {r: {include: ["[x"]}}}}}',
      ['REGEXP_LATE branch-protection.orgs.o.exclude[0]', 'REGEXP_LATE branch-protection.orgs.o.repos.r.include[0]'],
    ],
    [
      'tide: {context_options: {optional-regex-contexts: ["(?=x)"]}}',
      ['REGEXP_LATE tide.context_options.optional-regex-contexts[0]'],
    ],
    ['deck: {spyglass: {announcement: "{{.ArtifactPath"}}', ['TEMPLATE_LATE deck.spyglass.announcement']],
    ['deck: {spyglass: {announcement: "{{.Path}}"}}', ['TEMPLATE_LATE deck.spyglass.announcement']],
    ['deck: {spyglass: {announcement: "<b>{{.ArtifactPath}}</b>"}}', []],
    [
      "deck: {spyglass: {pr_history_link_template: '/{{.Org}}/{{.Repo}}/{{.Pull}}'}}",
      ['TEMPLATE_LATE deck.spyglass.pr_history_link_template'],
    ],
    [
      "deck: {spyglass: {lenses: [{lens: {name: podinfo, config: {runner_configs: {b: {pod_link_template: '{{if'}}}}}]}}",
      ['TEMPLATE_LATE deck.spyglass.lenses[0].lens.config.runner_configs.b.pod_link_template'],
    ],
    [
      "periodics: [{name: j, interval: 1h, reporter_config: {slack: {report_template: '{{.Spec.Jop}}'}}, spec: {containers: [{}]}}]",
      ['TEMPLATE_LATE periodics[0].reporter_config.slack.report_template'],
    ],
    [
      "periodics: [{name: j, interval: 1h, reporter_config: {slack: {report_template: '{{.Spec.Refs.Org}}'}}, spec: {containers: [{}]}}]",
      [],
    ],
    ['prow_ignored: {anything: 1}', []],
    ['log_level: info\nlog_level: debug', ['DUPLICATE_KEY log_level']],
  ])('%s', (text, warned) => expect(warningsIn({ config: text })).toEqual(warned))

  test('an unknown field is shown where its name stands, with what was probably meant', () => {
    const text =
      'plank:\n  default_decoration_config_entries:\n  - config:\n      utility_image:\n        clonerefs: x\n'
    expect(loadTexts({ config: text }).warnings).toEqual([
      {
        code: 'CONFIG_UNKNOWN_FIELD',
        field: 'plank.default_decoration_config_entries[0].config.utility_image',
        message: 'nothing knows the field "utility_image"',
        hint: 'did you mean utility_images?',
        place: { file: 'config.yaml', line: 4, column: 7 },
      },
    ])
  })
})

describe('what older and shorter forms become', () => {
  test('a size limit written as a float', () => {
    expect(config('deck: {spyglass: {size_limit: 500e+6}}').deck.spyglass.size_limit).toBe(500_000_000)
  })
  test('viewers become lenses after the others, by name; names of old stay in use', () => {
    const text = 'deck: {spyglass: {lenses: [{lens: {name: z}}], viewers: {b: [junit-viewer], a: [links, buildlog]}}}'
    const { lenses } = config(text).deck.spyglass
    expect(lenses.map(({ lens, required_files }) => [lens.name, ...required_files])).toEqual([
      ['z'],
      ['buildlog', 'a'],
      ['junit', 'b'],
      ['links', 'a'],
    ])
  })
  test('single addresses become those for all', () => {
    const { tide, deck } = config(
      'tide: {target_url: a, pr_status_base_url: b}\ndeck: {spyglass: {gcs_browser_prefix: c}}',
    )
    expect([tide.target_urls, tide.pr_status_base_urls]).toEqual([{ '*': 'a' }, { '*': 'b' }])
    expect(deck.spyglass.gcs_browser_prefixes).toEqual({ '*': 'c' })
  })
  test('subscriptions become triggers of ten messages', () => {
    expect(config('pubsub_subscriptions: {p: [t, u]}').pubsub_triggers).toEqual([
      { project: 'p', topics: ['t', 'u'], allowed_clusters: ['*'], max_outstanding_messages: 10 },
    ])
  })
  test.each([
    ['in_repo_config: {allowed_clusters: {o: [x]}}', { o: ['x'], '*': ['default'] }],
    ['in_repo_config: {allowed_clusters: {"*": null}}', { '*': ['default'] }],
    ['in_repo_config: {allowed_clusters: {"*": []}}', { '*': [] }],
  ])('allowed clusters: %s', (text, want) => expect(config(text).in_repo_config.allowed_clusters).toEqual(want))
  test('periods of Tide', () => {
    const { tide } = config('tide: {sync_period: 2m}')
    expect([tide.sync_period, tide.status_update_period, tide.max_goroutines]).toEqual([120_000, 120_000, 20])
  })
})

describe('queries of Tide', () => {
  test('with equal criteria become one, their lists sorted', () => {
    const { tide } = loadTexts({
      config: 'tide: {queries: [{labels: [lgtm, approved], repos: [a/repo]}]}',
      shards: ['tide: {queries: [{labels: [lgtm, approved], repos: [another/repo]}]}'],
    }).config
    expect(tide.queries).toEqual([
      { labels: ['approved', 'lgtm'], reviewApprovedRequired: false, repos: ['a/repo', 'another/repo'] },
    ])
  })
  test('of different tenants stay apart', () => {
    const { tide } = config(
      'tide: {queries: [{repos: [a/r]}, {repos: [b/r]}]}\nprowjob_default_entries: [{repo: b/r, config: {tenant_id: t}}]',
    )
    expect(tide.queries.map(({ repos }) => repos)).toEqual([['a/r'], ['b/r']])
  })
  test('do not follow the order of the file', () => {
    const { tide } = config(
      'tide: {queries: [{repos: [a/r]}, {orgs: [o]}, {labels: [l], orgs: [o]}, {author: x, orgs: [o]}]}',
    )
    expect(tide.queries.map(({ author, labels, orgs, repos }) => [author, labels, orgs, repos])).toEqual([
      ['x', undefined, ['o'], undefined],
      [undefined, ['l'], ['o'], undefined],
      [undefined, undefined, ['o'], ['a/r']],
    ])
  })
})

describe('supplemental files', () => {
  test.each<[why: string, config: string, shard: string, wrong: string[]]>([
    [
      'a section that must not be spread',
      '',
      'plank: {jobURLPrefixDisableAppendStorageProvider: true}',
      ['SUPPLEMENTAL plank'],
    ],
    ['a section without content', '', 'plank: {}\nsinker:\ndeck: {hidden_repos: }', []],
    ['a map without content', '', 'tide: {target_urls: {}}', ['SUPPLEMENTAL tide.target_urls']],
    [
      'a flag twice',
      'branch-protection: {allow_disabled_job_policies: true}',
      'branch-protection: {allow_disabled_job_policies: false}',
      ['SET_TWICE branch-protection.allow_disabled_job_policies'],
    ],
    ['a flag once', '', 'branch-protection: {allow_disabled_job_policies: true}', []],
    [
      'the policy of a repository twice',
      'branch-protection: {orgs: {o: {repos: {r: {protect: true}}}}}',
      'branch-protection: {orgs: {o: {protect: true, repos: {r: {enforce_admins: true}, s: {protect: false}}}}}',
      ['SET_TWICE branch-protection.orgs.o.repos.r'],
    ],
    [
      'a merge method twice',
      'tide: {merge_method: {o: squash}}',
      'tide: {merge_method: {o: squash}}',
      ['SET_TWICE tide.merge_method.o'],
    ],
    [
      'a Slack reporter twice',
      'slack_reporter_configs: {o: {channel: c}}',
      'slack_reporter_configs: {o: {channel: c}}',
      ['SET_TWICE slack_reporter_configs.o'],
    ],
    ['a bad query', '', 'tide: {queries: [{}]}', ['TIDE_QUERY tide.queries[0]']],
  ])('%s', (_why, config, shard, wrong) => expect(errorsIn({ config, shards: [shard] })).toEqual(wrong))

  test('are united', () => {
    const { config } = loadTexts({
      config:
        'branch-protection: {protect: true, orgs: {o: {repos: {r: {protect: true}}}}}\ntide: {merge_method: {o: squash}}',
      shards: [
        'branch-protection: {orgs: {o: {protect: false, repos: {s: {branches: {b: {protect: true}}}}}, p: {}}}',
        'tide: {merge_method: {p: rebase}}\nslack_reporter_configs: {p: {channel: c}}',
      ],
    })
    expect(config['branch-protection']).toEqual({
      protect: true,
      orgs: {
        o: { protect: false, repos: { r: { protect: true }, s: { branches: { b: { protect: true } } } } },
        p: {},
      },
    })
    expect(config.tide.merge_method).toEqual({ o: 'squash', p: 'rebase' })
    expect(Object.keys(config.slack_reporter_configs)).toEqual(['p'])
  })
  test('hold no jobs', () => {
    expect(warningsIn({ shards: ['periodics: [{name: x}]'] })).toEqual(['NO_EFFECT periodics'])
  })
})
