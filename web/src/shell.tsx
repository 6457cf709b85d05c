// What is around every page: header, state of the connection, theme, help.
import { type ReactNode, useState } from 'react'
import { useSession } from './actions.tsx'
import { ConfigBanner } from './config-banner.tsx'
import { Dialog } from './dialog.tsx'
import { duration } from './durations.ts'
import { AutoIcon, HelpIcon, MoonIcon, SunIcon } from './icons.tsx'
import { useKeys } from './keys.ts'
import { useConnection, useLiveJobs } from './live.ts'
import { useNow } from './now.ts'
import { Link, useAddress } from './router.tsx'
import { Toasts } from './toasts.tsx'

export function Shell({ children }: { children: ReactNode }) {
  useLiveJobs()
  const [help, setHelp] = useState(false)
  useKeys({ '?': () => setHelp(true) })
  return (
    <div className="shell">
      <a className="skip" href="#main">
        Skip to content
      </a>
      <div>
        <header className="top">
          <Link to="/" className="brand" aria-label="Deck: list of jobs">
            <img src="/favicon.svg" alt="" width="28" height="28" />
            <span>
              Deck <small>Prow Status</small>
            </span>
          </Link>
          <Pages />
          <div className="top-right">
            <ConnectionLight />
            <Who />
            <ThemeButton />
            <button
              type="button"
              className="ghost keys"
              aria-label="Help and keyboard shortcuts"
              title="Help (?)"
              onClick={() => setHelp(true)}
            >
              <HelpIcon />
            </button>
          </div>
        </header>
        <ConfigBanner />
      </div>
      <main id="main" tabIndex={-1}>
        {children}
      </main>
      <Toasts />
      {help && <Help onClose={() => setHelp(false)} />}
    </div>
  )
}

const pages = [
  ['/', 'Jobs'],
  ['/command-help', 'Commands'],
  ['/plugins', 'Plugins'],
] as const

function Pages() {
  const { path } = useAddress()
  return (
    <nav className="pages" aria-label="Pages">
      {pages.map(([to, label]) => (
        <Link key={to} to={to} aria-current={path === to ? 'page' : undefined}>
          {label}
        </Link>
      ))}
    </nav>
  )
}

function ConnectionLight() {
  const connection = useConnection()
  if (connection.state === 'lost') return <Lost what={connection.what} since={connection.since} />
  const live = connection.state === 'live'
  return (
    <span
      className={`light light-${connection.state}`}
      role="status"
      title={live ? 'Changes appear as they happen' : 'Connecting'}
    >
      <i aria-hidden="true" />
      {live ? 'Live' : 'Connecting…'}
    </span>
  )
}

function Lost({ what, since }: { what: 'deck' | 'cluster'; since: number }) {
  const now = useNow()
  const text = what === 'deck' ? 'Reconnecting…' : 'Cluster unreachable'
  const more = what === 'deck' ? 'Deck does not answer' : 'Deck cannot follow the cluster'
  return (
    <span className="light light-lost" role="status" title={`${more}. What you see is ${duration(now - since)} old.`}>
      <i aria-hidden="true" />
      {text}
    </span>
  )
}

function Who() {
  const session = useSession()
  if (!session?.admin) return null
  return (
    <span className="who" title="You may rerun and abort jobs, because this browser has the token.">
      admin
    </span>
  )
}

const themes = ['auto', 'light', 'dark'] as const
type Theme = (typeof themes)[number]

function ThemeButton() {
  const [theme, setTheme] = useState<Theme>(
    () => themes.find((one) => one === document.documentElement.dataset.theme) ?? 'auto',
  )
  function next() {
    const chosen = themes[(themes.indexOf(theme) + 1) % themes.length] ?? 'auto'
    setTheme(chosen)
    if (chosen === 'auto') delete document.documentElement.dataset.theme
    else document.documentElement.dataset.theme = chosen
    try {
      localStorage.setItem('theme', chosen)
    } catch {
      // Not remembered, then.
    }
  }
  const Icon = { auto: AutoIcon, light: SunIcon, dark: MoonIcon }[theme]
  const words = { auto: 'as the system has it', light: 'light', dark: 'dark' }[theme]
  return (
    <button
      type="button"
      className="ghost"
      aria-label={`Theme: ${words}. Change it`}
      title={`Theme: ${words}`}
      onClick={next}
    >
      <Icon />
    </button>
  )
}

const shortcuts: readonly (readonly [keys: string, what: string])[] = [
  ['/', 'Search'],
  ['j k', 'Next and previous entry of the list'],
  ['Enter', 'Open the job'],
  ['r', 'Run the job again'],
  ['a', 'Abort the job'],
  ['Esc', 'Clear the search, or go back to the list'],
  ['f', 'Follow the end of the log'],
  ['g G', 'Start and end of the list or log'],
  ['?', 'This help'],
]

function Help({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title="Keyboard" onClose={onClose}>
      <dl className="shortcuts">
        {shortcuts.map(([keys, what]) => (
          <div key={keys}>
            <dt>
              {keys.split(' ').map((one) => (
                <kbd key={one}>{one}</kbd>
              ))}
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <p className="muted">
        Feeds for scripts: <a href="/prowjobs.js?omit=annotations,labels,decoration_config,pod_spec">/prowjobs.js</a>,{' '}
        <a href="/data.js">/data.js</a>, <a href="/plugin-help.js">/plugin-help.js</a>, <a href="/config">/config</a>,{' '}
        <a href="/plugin-config">/plugin-config</a>
      </p>
      <div className="buttons">
        <button type="button" onClick={onClose}>
          Close
        </button>
      </div>
    </Dialog>
  )
}
