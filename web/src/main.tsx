// Deck's pages: one document for all addresses, started here.
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { ActionsProvider } from './actions.tsx'
import { ApiError, adoptToken } from './api.ts'
import { CommandHelpPage } from './command-help-page.tsx'
import { JobPage } from './job-page.tsx'
import { JobsPage } from './jobs-page.tsx'
import { PluginsPage } from './plugins-page.tsx'
import { Link, useAddress } from './router.tsx'
import { Shell } from './shell.tsx'
import './styles/base.css'
import './styles/jobs.css'
import './styles/job.css'
import './styles/log.css'
import './styles/help.css'

adoptToken()

const client = new QueryClient({
  defaultOptions: {
    queries: {
      // A clear no stays a no; only silence and server trouble are worth another try.
      retry: (count, error) => count < 3 && !(error instanceof ApiError && error.status >= 400 && error.status < 500),
      refetchOnWindowFocus: false,
    },
  },
})

function Page() {
  const { path } = useAddress()
  const [, section, rest] = /^\/(job|view)\/(.+)$/.exec(path) ?? []
  if (path === '/') return <JobsPage />
  if (path === '/command-help') return <CommandHelpPage />
  if (path === '/plugins') return <PluginsPage />
  if (section === 'job' && rest) return <JobPage key={path} source={{ name: decoded(rest) }} />
  if (section === 'view' && rest) return <JobPage key={path} source={{ run: rest }} />
  return (
    <div className="message">
      <h1>There is nothing here</h1>
      <p>
        No page has the address <code>{path}</code>. <Link to="/">Go to the list of jobs</Link>
      </p>
    </div>
  )
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

const root = document.getElementById('root')
if (root) {
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={client}>
        <ActionsProvider>
          <Shell>
            <Page />
          </Shell>
        </ActionsProvider>
      </QueryClientProvider>
    </StrictMode>,
  )
}
