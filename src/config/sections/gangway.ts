// gangway: who may start jobs through the API.
import { list, object, optional } from '../collections.ts'
import { configErrors } from '../errors.ts'
import { type Infer, text } from '../fields.ts'
import type { Report } from '../report.ts'

export const gangway = object(
  {
    allowed_api_clients: list(
      object({
        gcp: optional(
          object(
            {
              endpoint_api_consumer_type: text({ about: 'PROJECT.' }),
              endpoint_api_consumer_number: text({ about: 'Number of the project.' }),
            },
            { about: 'Who Google Cloud Endpoints says that the client is.' },
          ),
        ),
        allowed_jobs_filters: list(object({ tenant_id: text({ about: 'Tenant of the jobs.' }) }), {
          about: 'Which jobs the client may use.',
        }),
      }),
      { about: 'Clients.' },
    ),
  },
  { about: 'The API that starts jobs.' },
)

/** Checks the section. */
export function checkGangway({ allowed_api_clients: clients }: Infer<typeof gangway>, report: Report): void {
  const seen = new Set<string>()
  for (const [index, { gcp, allowed_jobs_filters: filters }] of clients.entries()) {
    const at = ['gangway', 'allowed_api_clients', index]
    const wrong = (why: string, ...inside: string[]) => report.error([...at, ...inside], configErrors.GANGWAY({ why }))
    if (gcp === undefined) {
      wrong('gcp is missing, so the client cannot be told from others')
      continue
    }
    const { endpoint_api_consumer_type: type, endpoint_api_consumer_number: id } = gcp
    if (type !== 'PROJECT') {
      wrong(`must be PROJECT, but is ${JSON.stringify(type)}`, 'gcp', 'endpoint_api_consumer_type')
    }
    if (!/^[0-9]+$/.test(id))
      wrong(`must be digits, but is ${JSON.stringify(id)}`, 'gcp', 'endpoint_api_consumer_number')
    if (seen.has(`${type} ${id}`)) wrong(`the client ${type} ${id} is listed twice`)
    seen.add(`${type} ${id}`)
    if (filters.length === 0) wrong('allowed_jobs_filters is empty, so the client may use no job')
    if (filters.some(({ tenant_id }) => tenant_id === '')) wrong('a filter needs a tenant_id', 'allowed_jobs_filters')
  }
}
