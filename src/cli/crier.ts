// bowsprit crier: reports ProwJobs of any cluster to the code host and the bucket.
import { renderForJob } from '../config/templates/job-template.ts'
import { crier } from '../crier/crier.ts'
import { bucketsOf } from '../jobs/buckets.ts'
import type { Clusters } from '../kube/client.ts'
import { dryRunStorage } from '../storage/dry-run.ts'
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
  onClusters,
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
    'kubernetes-blob-storage-workers': flag.number({
      about: 'Pods whose description goes to the bucket at once; 0: none.',
    }),
    'kubernetes-report-fraction': flag.number({
      about: 'Share of the jobs whose Pods go there, from 0 to 1.',
      default: 1,
      max: 1,
    }),
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
    const workers = {
      github: flags['github-workers'],
      blob: flags['blob-storage-workers'],
      pod: flags['kubernetes-blob-storage-workers'],
    }
    if (workers.github + workers.blob + workers.pod <= 0) {
      throw new UsageError(
        'no reporter is on: give --github-workers, --blob-storage-workers or --kubernetes-blob-storage-workers a number above 0',
      )
    }
    return serve({ name: 'crier', machine, flags }, async (building) => {
      const config = await openConfig(flags, building)
      const github = openGitHub(flags, 'crier', building)
      const storage = openStorage(() => bucketsOf(config.current().config))
      const needs = {
        config,
        host: github.host,
        storage: flags['dry-run'] ? dryRunStorage(storage, building.log) : storage,
        renderReport: renderForJob,
        workers,
        podFraction: flags['kubernetes-report-fraction'],
        enablement: {
          enabledOrgs: flags['github-enabled-org'],
          enabledRepos: flags['github-enabled-repo'],
          disabledOrgs: flags['github-disabled-org'],
          disabledRepos: flags['github-disabled-repo'],
        },
        ...(flags['report-agent'] && { reportAgent: flags['report-agent'] }),
      }
      const parts = (clusters: Clusters) => [part(crier, { ...needs, clusters })]
      return {
        parts: [onClusters(flags, building, config, parts)],
        close: [() => github.close()],
        budget: github.clients.budget,
      }
    })
  },
})
