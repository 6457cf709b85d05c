// bowsprit refresh: the plugin refresh as a program of its own, behind hook. It knows ProwJobs from Deck only.
import type { ProwJob } from '../api/prowjob.ts'
import { renderForJob } from '../config/templates/job-template.ts'
import type { Config } from '../config/types.ts'
import { githubReporter, pullOf } from '../crier/github/github.ts'
import { matchesLabels, parseLabelSelector } from '../engine/apiserver/selectors.ts'
import { boundedFetch } from '../hook/bounded-fetch.ts'
import { jobsFromDeck } from '../plugins/refresh/from-deck.ts'
import { refresh } from '../plugins/refresh/refresh.ts'
import { command } from './command.ts'
import { externalPluginFlags, serveExternal } from './external-plugin.ts'
import { flag, UsageError } from './flags.ts'
import { configFlags, openConfig } from './groups.ts'

/** Deck sends all jobs of a large installation, and takes its time. */
const deckBounds = { withinMs: 60_000, mostBytes: 512 * 1024 * 1024 }

export default command({
  name: 'refresh',
  about: 'Reports the results of jobs once more on /refresh; hook forwards issue_comment to it.',
  flags: {
    'prow-url': flag.text({ about: 'Address of Deck.' }),
    ...configFlags,
    'config-path': flag.path({ about: 'Main configuration file.', default: '/etc/config/config.yaml' }),
    ...externalPluginFlags,
  },
  examples: [
    [
      'bowsprit refresh --prow-url https://prow.example.com --config-path config.yaml --github-token-path token --hmac-secret-file hmac --dry-run=false',
      "Listens on port 8888, the endpoint for external_plugins in hook's plugins.yaml.",
    ],
  ],
  run({ flags, machine }) {
    const prowUrl = flags['prow-url']
    if (!URL.canParse(prowUrl)) throw new UsageError(`--prow-url: "${prowUrl}" is no address such as https://HOST`)
    return serveExternal('refresh', { flags, machine }, async (building) => {
      const config = await openConfig(flags, building)
      const { clock } = building
      const plugin = refresh({
        jobs: ({ pr, signal }) => jobsFromDeck(boundedFetch({ fetch, clock, signal }, deckBounds), prowUrl, pr),
        async report(job, all, { host, signal, log }) {
          const reporter = githubReporter({
            host,
            config: () => withTemplatesFor(job, config.current().config),
            jobsOfPull: (pull) => all.filter((other) => pullOf(other) === pull),
            clock,
            log,
            workers: 1,
            renderReport: renderForJob,
          })
          await reporter.report(job, signal)
        },
      })
      return { plugin, config }
    })
  },
})

/** The configuration with the report templates that are right for a job: those of its operator for one of Jenkins. */
export function withTemplatesFor(job: ProwJob, config: Config): Config {
  if (job.spec.agent !== 'jenkins') return config
  const operator = config.jenkins_operators.find(({ label_selector }) =>
    matchesLabels(parseLabelSelector(label_selector), job.metadata.labels ?? {}),
  )
  if (!operator) return config
  const { report_template, report_templates } = operator
  const templates = { ...(report_template && { '*': report_template }), ...report_templates }
  return { ...config, plank: { ...config.plank, report_templates: templates } }
}
