// config-updater: when a pull request merges, writes the files that it has changed to ConfigMaps.
import { Gauge, type Registry } from 'prom-client'
import { htmlEscaped } from '../../config/templates/escapes.ts'
import type { PluginConfig } from '../../config/types.ts'
import { plugin, replyTo } from '../../hook/plugin.ts'
import { changedPaths, mergedFiles } from './merged.ts'
import { planFor } from './plan.ts'
import { failureOf, isReport, messageFor } from './report.ts'
import { type Outcome, syncAll } from './sync.ts'

const name = 'config-updater'

export default plugin({
  name,
  about:
    'Writes configuration files to ConfigMaps of Kubernetes clusters when a pull request that changes them merges into the default branch.',
  handlers: {
    async pull_request({ event, pr, host, config, plugins, git, clusters, metrics, log, signal }) {
      const { action, repo } = event
      const { merged, merge_commit_sha: sha, base, user, body, html_url } = event.pr
      if (action !== 'closed' || !merged || !sha || base.ref !== repo.default_branch) return
      const settings = plugins.sections.config_updater
      if (!settings) return
      if (!git || !clusters)
        throw new Error(`${name} needs git and Kubernetes clusters, and this installation lacks one of them`)
      const at = { org: pr.org, repo: pr.repo, number: pr.number }
      const merge = { git, host, at, sha, signal }
      const { plans, ambiguous } = planFor(await changedPaths(merge, base.sha), {
        settings,
        repo: `${pr.org}/${pr.repo}`,
        defaultNamespace: config.prowjob_namespace,
      })
      for (const { path, globs } of ambiguous)
        log.warn({ path, globs }, 'several globs of config_updater mean a file; the first counts')
      const outcomes = await syncAll(plans, { clusters, source: mergedFiles(merge), whole: false })
      measure(outcomes, metrics)
      const message = messageFor(outcomes)
      // A later attempt may have more to tell; then this takes the place of what the first has said.
      if (message !== undefined)
        await pr.keepOne((comment) => isReport(comment.body), replyTo({ login: user.login, body, html_url }, message))
      const failure = failureOf(outcomes)
      if (failure) throw failure
    },
  },
  help: (plugins, repos) => ({
    ...(repos.length === 1 && { config: { '': describe(plugins, repos[0] ?? '') } }),
    snippet: `config_updater:
  # Whether values are compressed.
  gzip: false
  maps:
    # Without a star: this file and no other.
    config/prow/config.yaml:
      name: config
    # A star is anything in one folder; **/ is any number of folders.
    config/jobs/**/*.yaml:
      name: job-config
      gzip: true
      # Namespaces by build cluster; the empty one is that of the ProwJobs.
      clusters:
        default:
        - ""
    config/boskos/resources.yaml:
      name: resources
      key: boskos-resources.yaml
      clusters:
        boskos:
        - boskos
      # Only from there; denied_repos is the opposite.
      allowed_repos:
      - kubernetes/test-infra
`,
  }),
})

function measure(outcomes: readonly Outcome[], registry: Registry): void {
  const gauge = 'prow_configmap_size_bytes'
  const known = registry.getSingleMetric(gauge)
  const size =
    known instanceof Gauge
      ? known
      : new Gauge({
          name: gauge,
          help: 'Bytes of all values of a ConfigMap that config-updater has written.',
          labelNames: ['name', 'namespace'],
          registers: [registry],
        })
  for (const outcome of outcomes) {
    const { target } = outcome
    if ('done' in outcome) size.set({ name: target.name, namespace: target.namespace }, outcome.size)
  }
}

function describe({ sections }: PluginConfig, repo: string): string {
  const code = (text: string) => `<code>${htmlEscaped(text)}</code>`
  const sorted = Object.entries(sections.config_updater?.maps ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))
  return sorted
    .map(([glob, { name = '', partitioned_names: parts = [], clusters = {} }]) => {
      const names = parts.length > 0 ? parts : [name]
      const places = Object.entries(clusters).flatMap(([cluster, namespaces]) =>
        namespaces.map((namespace) =>
          namespace ? `namespace ${code(namespace)} of cluster ${code(cluster)}` : `cluster ${code(cluster)}`,
        ),
      )
      return `Files that match ${code(`${repo}/${glob}`)} go to the ConfigMap ${names.map(code).join(' or ')} in ${places.join(', ')}.`
    })
    .join('\n')
}
