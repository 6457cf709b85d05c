// Hook's help for the pages: asked of Deck, and asked again by itself while hook does not answer.
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { HelpDocument } from '../../src/deck/plugin-help.ts'
import { ApiError, getJson } from './api.ts'
import { commandsOf, pluginsOf } from './help.ts'

/** Deck keeps it for as long. Milliseconds. */
const staleTime = 60_000
const retryEveryMs = 10_000

export function useHelp(repo: string) {
  const query = useQuery({
    queryKey: ['plugin-help', repo],
    queryFn: ({ signal }) => getJson<HelpDocument>(`/api/plugin-help?repo=${encodeURIComponent(repo)}`, signal),
    staleTime,
    retry: false,
    placeholderData: keepPreviousData,
    // Where there is no help at all, asking again brings none.
    refetchInterval: ({ state: { error } }) =>
      error && !(error instanceof ApiError && error.status === 404) ? retryEveryMs : false,
  })
  const { data } = query
  const plugins = useMemo(() => (data ? pluginsOf(data) : []), [data])
  const commands = useMemo(() => commandsOf(plugins), [plugins])
  return { query, plugins, commands, repos: data?.AllRepos ?? [] }
}
