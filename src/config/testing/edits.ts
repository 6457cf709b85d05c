// Small random configurations, and random edits of them: good, bad and broken files that touch each other in every way.
import fc from 'fast-check'
import type { Sources } from '../files.ts'
import type { SourceFile } from '../read-file.ts'

/** Texts of all files by their paths; a file without text cannot be read. */
export type Tree = ReadonlyMap<string, string | undefined>

/** Makes another tree of a tree. */
export type Edit = (tree: Tree) => Tree

const one = <T>(...values: T[]) => fc.constantFrom(...values)
const maybe = (...lines: string[]) => one('', ...lines)
/** Now and then one of those that are refused. */
const rarely = <T>(fine: fc.Arbitrary<T>, ...refused: T[]) =>
  fc.oneof({ weight: 30, arbitrary: fine }, { weight: 1, arbitrary: one(...refused) })

/** A few names only, so that jobs meet. */
const job = (kind: 'presubmit' | 'postsubmit' | 'periodic') =>
  fc
    .tuple(
      one('one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'),
      maybe('  decorate: true\n', '  decorate: false\n'),
      rarely(
        maybe('  labels: {preset-a: "1"}\n', '  labels: {preset-b: "1", preset-a: "1"}\n'),
        '  labels: {_bad: ""}\n',
      ),
      rarely(maybe('  branches: [main]\n', '  branches: [dev]\n', '  skip_branches: [main]\n'), '  branches: ["("]\n'),
      rarely(maybe('  run_if_changed: ^docs/\n', '  always_run: true\n'), '  trigger: x\n', '  context: same\n'),
      rarely(maybe('  cluster: far\n', '  agent: other\n', '  agnet: x\n'), '  job_queue_name: fast\n'),
      rarely(
        one('  interval: 1h\n', '  interval: 2h\n', '  cron: "0 * * * *"\n'),
        '  cron: never\n',
        '  interval: soon\n',
      ),
      rarely(
        maybe('    env: [{name: MINE, value: v}]\n'),
        '    env: [{name: CI, value: v}]\n',
        '    env: [{name: SET, value: v}]\n',
      ),
    )
    .map(([name, decorate, labels, branches, when, other, schedule, env]) =>
      [
        `- name: ${name}\n${decorate}${labels}${other}`,
        kind === 'periodic' ? schedule : branches + when,
        `  spec:\n    containers:\n    - image: i\n      command: [c]\n${env.replace(/^/, '  ')}`,
      ].join(''),
    )

const jobsOf = (kind: 'presubmit' | 'postsubmit') =>
  fc
    .array(fc.tuple(one('a/x', 'a/y', 'b/z'), fc.array(job(kind), { minLength: 1, maxLength: 3 })), { maxLength: 2 })
    .map((repos) =>
      repos.length === 0
        ? ''
        : `${kind}s:\n${repos.map(([repo, jobs]) => `  ${repo}:\n${jobs.join('').replace(/^/gm, '  ')}`).join('\n')}\n`,
    )

const presets = fc.oneof(
  { weight: 6, arbitrary: one('') },
  {
    weight: 1,
    arbitrary: one(
      'presets:\n- labels: {preset-a: "1"}\n  env: [{name: A, value: x}]\n',
      'presets:\n- labels: {preset-a: "1"}\n  env: [{name: SET, value: x}]\n',
      'presets:\n- labels: {preset-b: "1"}\n  volumes: [{name: v, emptyDir: {}}]\n',
    ),
  },
)

const jobText = fc.oneof(
  {
    weight: 20,
    arbitrary: fc
      .tuple(
        maybe('# moved\n'),
        jobsOf('presubmit'),
        jobsOf('postsubmit'),
        fc
          .array(job('periodic'), { maxLength: 2 })
          .map((jobs) => (jobs.length === 0 ? '' : `periodics:\n${jobs.join('')}`)),
        presets,
        maybe('unknown: 1\n', 'decorate_all_jobs: true\n', 'prow_ignored: {a: 1, a: 2}\n'),
      )
      .map((parts) => parts.join('')),
  },
  { weight: 1, arbitrary: one('', 'periodics: {}\n', '- a list\n', 'a: [\n', 'presubmits: {a/x: 1}\n') },
)

const mainText = fc.oneof(
  {
    weight: 20,
    arbitrary: fc
      .tuple(
        maybe('pod_namespace: pods\n'),
        maybe('decorate_all_jobs: true\n'),
        maybe('prowjob_default_entries: [{config: {tenant_id: T}}]\n'),
        maybe(
          'plank: {job_queue_capacities: {fast: 1}}\n',
          'plank: {default_decoration_config_entries: [{repo: a, config: {timeout: 2h}}]}\n',
          'plank: {default_decoration_config_entries: [{config: {grace_period: 9s}}], job_queue_capacities: {fast: 2}}\n',
        ),
        rarely(maybe('tide: {queries: [{repos: [a/x]}, {repos: [b/z]}]}\n'), 'tide: {queries: [{}]}\n'),
        // Refused before the eighth edit.
        rarely(
          one(''),
          'managed_webhooks: {org_repo_config: {a: {token_created_after: "1970-01-01T00:00:00.008Z"}}}\n',
          'log_level: loud\n',
        ),
        presets,
        fc
          .array(job('periodic'), { maxLength: 1 })
          .map((jobs) => (jobs.length === 0 ? '' : `periodics:\n${jobs.join('')}`)),
      )
      .map((parts) => parts.join('')),
  },
  { weight: 1, arbitrary: one('', 'a: [\n', '1\n') },
)

const shardText = one(
  'tide: {queries: [{repos: [a/y]}]}\n',
  'tide: {merge_method: {a/x: squash}}\n',
  'plank: {max_concurrency: 1}\n',
)
const pluginText = one(
  'plugins: {a: {plugins: [hold]}}\n',
  'plugins: {a: {plugins: [hold, lgtm]}}\nlgtm: [{repos: [a/x]}]\n',
  'plugins: {a: {plugins: [hold]}, a/x: {plugins: [hold]}}\n',
  'plugins: {}\ntriggers: [{repos: [a], trusted_org: a}]\n',
)

const jobPaths = ['jobs/1.yaml', 'jobs/2.yaml', 'jobs/deep/3.yaml', 'jobs/deep/4.yaml']
const put =
  (path: string, text: string | undefined): Edit =>
  (tree) =>
    new Map(tree).set(path, text)
const writing = (paths: readonly string[], text: fc.Arbitrary<string>) => fc.tuple(one(...paths), text)

const anyWriting = fc.oneof(
  { weight: 6, arbitrary: writing(jobPaths, jobText) },
  { weight: 3, arbitrary: writing(['config.yaml'], mainText) },
  { weight: 1, arbitrary: writing(['main/a_prowconfig.yaml', 'main/b_prowconfig.yaml'], shardText) },
  { weight: 1, arbitrary: writing(['plugins.yaml', 'plugins/a_pluginconfig.yaml'], pluginText) },
  { weight: 1, arbitrary: writing(['VERSION'], one('1', '2')) },
)

/** One edit: a file is written, removed, moved, broken, or a line moves all that comes after it. */
export const edit: fc.Arbitrary<Edit> = fc.oneof(
  { weight: 8, arbitrary: anyWriting.map(([path, text]) => put(path, text)) },
  {
    weight: 2,
    arbitrary: one(...jobPaths, 'plugins.yaml', 'main/a_prowconfig.yaml').map(
      (path): Edit =>
        (tree) => {
          const rest = new Map(tree)
          rest.delete(path)
          return rest
        },
    ),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(one(...jobPaths), one(...jobPaths)).map(
      ([from, to]): Edit =>
        (tree) => {
          const moved = new Map(tree)
          if (!moved.has(from)) return moved
          moved.delete(from)
          return moved.set(to, tree.get(from))
        },
    ),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(one(...jobPaths, 'config.yaml'), one('}', '\n# end\n', '')).map(
      ([path, end]): Edit =>
        (tree) =>
          tree.has(path) ? put(path, end === '' ? `\n${tree.get(path)}` : `${tree.get(path)}${end}`)(tree) : tree,
    ),
  },
  { weight: 1, arbitrary: one(...jobPaths, 'config.yaml').map((path) => put(path, undefined)) },
  { weight: 1, arbitrary: fc.constant<Edit>((tree) => tree) },
)

/** The files of a tree as they would be read. */
export function sourcesOf(tree: Tree): Sources {
  const file = (path: string): SourceFile => {
    const text = tree.get(path)
    return text === undefined
      ? { file: path, finding: { code: 'CONFIG_FILE_UNREADABLE', message: 'cannot be read' } }
      : { file: path, text }
  }
  const below = (folder: string) =>
    [...tree.keys()]
      .filter((path) => path.startsWith(folder))
      .sort()
      .map(file)
  const version = tree.get('VERSION')
  return {
    main: file('config.yaml'),
    supplemental: below('main/'),
    jobs: below('jobs/'),
    ...(tree.has('plugins.yaml') && { plugins: file('plugins.yaml') }),
    supplementalPlugins: below('plugins/'),
    ...(version !== undefined && { version }),
    base: { decoration: { utility_images: images, gcs_configuration: { bucket: 'b', path_strategy: 'explicit' } } },
  }
}

const images = { clonerefs: 'c', initupload: 'i', entrypoint: 'e', sidecar: 's' }
