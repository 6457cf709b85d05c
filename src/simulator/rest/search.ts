// REST: search for issues and pull requests.
import { malformed } from '../errors.ts'
import { searchIssues } from '../search.ts'
import { issueShape } from '../shapes/issues.ts'
import { answer, route } from './route.ts'

export const searchRoutes = [
  route('get', '/search/issues', ({ core, query, page, actor }) => {
    const q = query('q')
    if (q === undefined) throw malformed('q', 'nil is not a string')
    const found = searchIssues(core, q, actor, query('sort'), query('order'))
    return answer(200, {
      total_count: found.length,
      incomplete_results: false,
      search_type: 'lexical' as const,
      // GitHub shows no more than the first thousand.
      items: page(found.slice(0, 1000)).map(({ repo, issue }) => {
        // Here the description knows no null for an empty body.
        const { body, ...rest } = issueShape(core, repo, issue)
        return { ...rest, ...(body == null ? {} : { body }), score: 1 }
      }),
    })
  }),
]
