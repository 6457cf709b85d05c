// What is wrong with the newest configuration, for the people whose edit has no effect.
import { noCache, type Routes } from './routes.ts'
import type { ConfigState } from './wire.ts'

/** Who has more to mend begins with these. */
const mostShown = 50

/** Like /config, for everybody: problems tell no more of hidden jobs than the configuration that stands there. */
export const configRoutes: Routes = (app, site) => {
  app.get('/api/config-problems', async (_, reply) => {
    const problems = site.problems()
    const state: ConfigState = {
      inForceSince: site.loadedAt(),
      count: problems.length,
      problems: problems.slice(0, mostShown).map(({ place, field, message, hint = '' }) => ({
        file: place?.file ?? '',
        line: place?.line ?? 0,
        column: place?.column ?? 0,
        field,
        message,
        hint,
      })),
    }
    return reply.headers(noCache).send(state)
  })
}
