// sinker: how long finished ProwJobs and their Pods are kept.
import { list, object } from '../collections.ts'
import { duration, text } from '../fields.ts'

export const sinker = object(
  {
    resync_period: duration({ default: '1h', about: 'Time from the start of one round to the start of the next.' }),
    max_prowjob_age: duration({ default: '168h', about: 'A finished ProwJob is deleted this long after its start.' }),
    max_pod_age: duration({
      default: '24h',
      about: 'A Pod of a finished ProwJob is deleted this long after its start.',
    }),
    terminated_pod_ttl: duration({
      default: { from: 'max_pod_age' },
      about: 'A Pod is deleted this long after its ProwJob ended.',
    }),
    exclude_clusters: list(text({ about: '' }), { about: 'Build clusters that sinker leaves alone.' }),
  },
  { about: 'How long finished ProwJobs and their Pods are kept.' },
)
