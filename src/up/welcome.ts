// The first lines that a person sees: where everything is, and what to do there.
import { relative } from 'node:path'
import { took } from './timeline.ts'

export interface WelcomeFacts {
  readonly urls: { readonly deck: string; readonly hook: string; readonly api: string; readonly metrics: string }
  /** Deck's address for its administrator. */
  readonly admin: string
  readonly dataDir: string
  readonly readyMs: number
  readonly simulator?: { readonly url: string; readonly tokens: Readonly<Record<string, string>> }
}

/** One line per element. */
export function welcome({ urls, admin, dataDir, readyMs, simulator }: WelcomeFacts): string[] {
  const dir = relative('.', dataDir) || dataDir
  const row = (what: string, where: string, why: string) => `  ${what.padEnd(9)} ${where.padEnd(28)} ${why}`
  return [
    '',
    `Bowsprit is ready after ${took(readyMs)}.`,
    '',
    row('Deck', urls.deck, 'the jobs, live'),
    row('', admin, 'the same, and you may rerun and abort'),
    ...(simulator ? [row('GitHub', simulator.url, 'the simulated one: open pull requests, comment, push')] : []),
    row('hook', `${urls.hook}/hook`, simulator ? 'where its webhooks go' : 'where GitHub has to send its webhooks'),
    row('metrics', `${urls.metrics}/metrics`, ''),
    row('kubectl', urls.api, `KUBECONFIG=${dir}/kubeconfig kubectl get prowjobs -w`),
    row('log', `${dir}/bowsprit.log`, ''),
    ...(simulator
      ? ['', 'Personal tokens for the simulated GitHub (REST at /api/v3, git over HTTP):', ...tokens(simulator.tokens)]
      : []),
    '',
  ].map((line) => line.trimEnd())
}

const tokens = (byLogin: Readonly<Record<string, string>>): string[] =>
  Object.entries(byLogin).map(([login, token]) => `  ${login.padEnd(14)} ${token}`)
