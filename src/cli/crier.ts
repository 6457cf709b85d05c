// bowsprit crier: reports ProwJobs of any cluster to the code host and the bucket.
import { crier } from '../crier/crier.ts'
import { bucketsOf } from '../jobs/buckets.ts'
import { openStorage } from '../storage/open.ts'
import { part } from '../up/supervise.ts'
import { command } from './command.ts'
import { flag, UsageError } from './flags.ts'
import {
  configFlags,
  dryRunFlag,
  githubFlags,
  instrumentationFlags,
  kubernetesFlags,
  openClusters,
  openConfig,
  openGitHub,
} from './groups.ts'
import { serve } from './serve.ts'

export default command({
  name: 'crier',
  about: 'Tells the world about the state of ProwJobs: statuses and comments on GitHub, files in the bucket.',
  flags: {
    'github-workers': flag.number({ about: 'Reports to GitHub at once; 0: none.' }),
    'blob-storage-workers': flag.number({ about: 'Reports to the bucket at once; 0: none.' }),
    'report-agent': flag.text({ about: 'Report to GitHub only jobs of this agent.' }),
    'github-enabled-org': flag.list({ about: 'Only these organisations.' }),
    'github-enabled-repo': flag.list({ about: 'Only these repositories (org/repo).' }),
    'github-disabled-org': flag.list({ about: 'Not these organisations.' }),
    'github-disabled-repo': flag.list({ about: 'Not these repositories (org/repo).' }),
    host: flag.text({ about: 'Address of metrics and health; 0.0.0.0 in a Pod.', default: '127.0.0.1' }),
    ...dryRunFlag(false),
    ...configFlags,
    ...githubFlags,
    ...kubernetesFlags,
    ...instrumentationFlags,
  },
  examples: [
    [
      'bowsprit crier --config-path config.yaml --github-token-path token --github-workers 5 --blob-storage-workers 5',
      'Reports to GitHub and to the bucket.',
    ],
  ],
  run({ flags, machine }) {
    const workers = { github: flags['github-workers'], blob: flags['blob-storage-workers'] }
    if (workers.github + workers.blob <= 0) {
      throw new UsageError('no reporter is on: give --github-workers or --blob-storage-workers a number above 0')
    }
    return serve({ name: 'crier', machine, metricsPort: flags['metrics-port'], host: flags.host }, async (building) => {
      const config = await openConfig(flags, building)
      const { clusters, close } = await openClusters(flags, building, config.current().config.disabled_clusters)
      const github = openGitHub(flags, 'crier', building)
      const needs = {
        kube: clusters.infrastructure,
        config,
        host: github.host,
        storage: openStorage(() => bucketsOf(config.current().config)),
        workers,
        enablement: {
          enabledOrgs: flags['github-enabled-org'],
          enabledRepos: flags['github-enabled-repo'],
          disabledOrgs: flags['github-disabled-org'],
          disabledRepos: flags['github-disabled-repo'],
        },
        ...(flags['report-agent'] && { reportAgent: flags['report-agent'] }),
      }
      return { parts: [part(crier, needs)], close: [close, () => github.close()] }
    })
  },
})
