// scheduler: how build clusters are chosen for new runs.
import { mapOf, object, optional } from '../collections.ts'
import { duration, flag, text } from '../fields.ts'

export const scheduler = object(
  {
    enabled: flag({ about: 'New ProwJobs wait for a build cluster to be chosen.' }),
    failover: optional(
      object(
        { mappings: mapOf(text({ about: '' }), { about: 'Cluster to go to; key: cluster that the job names.' }) },
        { about: 'Runs go elsewhere while a cluster is out of service; goes before external.' },
      ),
    ),
    external: optional(
      object(
        {
          url: text({ about: 'Gets {"job": NAME} by POST, answers {"cluster": NAME}.' }),
          cache: optional(
            object(
              {
                entry_timeout_interval: duration({ about: 'An answer holds this long for its job; 0 is not at all.' }),
                cleanup_interval: duration({ about: 'Old answers are dropped this often.' }),
              },
              { about: 'How long answers hold.' },
            ),
          ),
        },
        { about: 'A service that chooses.' },
      ),
    ),
  },
  { about: 'Choice of build clusters.' },
)
