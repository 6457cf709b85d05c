// All sections of plugins.yaml, apart from the list of plugins itself.
import { list, mapOf, object } from '../../collections.ts'
import { type Infer, text } from '../../fields.ts'
import { texts } from '../shorthands.ts'
import { peopleSections } from './people.ts'
import { reviewSections } from './reviews.ts'
import { trackerSections } from './trackers.ts'

const externalPlugin = object({
  name: text({ about: 'Name.' }),
  endpoint: text({ about: 'Where webhooks are forwarded to; default: http://NAME.' }),
  events: texts('Event types; none is all.'),
})

/** Plugins of an org or a repository, in the newer form. */
export const enabled = object({ plugins: texts('Plugins.'), excluded_repos: texts('Repositories without the org.') })

const plugins = mapOf(enabled, { about: 'Plugins by org or org/repo.' })

export const pluginSections = object(
  {
    external_plugins: mapOf(list(externalPlugin, { about: '' }), {
      about: 'Webhooks for other programs, by org or org/repo.',
    }),
    ...reviewSections,
    ...peopleSections,
    ...trackerSections,
  },
  {
    elsewhere: {
      plugins: {
        ...plugins,
        schema: (parts) => ({
          anyOf: [plugins.schema(parts), mapOf(texts(''), { about: '' }).schema(parts)],
        }),
      },
    },
  },
)

/** The sections with every default applied. Durations in milliseconds. */
export type PluginSections = Readonly<Infer<typeof pluginSections>>
