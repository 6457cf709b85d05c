// gerrit: which repositories of which Gerrit servers are served.
import { list, object, optional } from '../collections.ts'
import { duration, flag, pattern, text, url, whole } from '../fields.ts'
import { texts } from './shorthands.ts'

/** Repositories of Gerrit servers, as gerrit and Tide have them. */
export const gerritRepos = list(
  object({
    org: text({ about: 'Server, with https://.' }),
    repos: texts('Repositories.'),
    opt_out_help: flag({ about: 'No hints in comments.' }),
    filters: optional(
      object(
        {
          branches: texts('Only these branches.'),
          excluded_branches: texts('Not these branches.'),
          opt_in_by_default: flag({ about: 'Changes count without being voted for.' }),
        },
        { about: 'Which changes count for Tide.' },
      ),
    ),
  }),
  { about: 'Repositories by server.' },
)

export const gerrit = object(
  {
    tick_interval: duration({ default: '1m', about: 'Time between two looks at Gerrit.' }),
    ratelimit: whole({ default: 5, about: 'Changes per look and server.' }),
    deck_url: url({ about: 'Address of Deck, for links.' }),
    allowed_presubmit_trigger_re: pattern({ about: 'Comments that may start presubmits; empty is all.' }),
    org_repos_config: gerritRepos,
  },
  { about: 'Gerrit.' },
)
