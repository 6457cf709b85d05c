// /api-budget beside the metrics: what is left of GitHub's limits, who waits for them, and who has used how much.
import type { FastifyInstance } from 'fastify'
import type { Octokits } from '../github/octokit.ts'
import type { Clock } from '../system/clock.ts'

export type Budget = Octokits['budget']

/** Serves the page, and the same facts at /api-budget.json. */
export function budgetPage(app: FastifyInstance, budget: Budget, clock: Clock): void {
  app.get('/api-budget.json', () => reportOf(budget))
  app.get('/api-budget', (_request, reply) => reply.type('text/html; charset=utf-8').send(page(budget, clock.now())))
}

const time = (ms: number) => new Date(ms).toISOString().replace('.000', '')

function reportOf(budget: Budget) {
  return {
    limits: budget.limits().map(({ budget: whose, resource, quota, pausedUntil, waiting }) => ({
      budget: whose,
      resource,
      ...(quota && { limit: quota.limit, remaining: quota.remaining, resets_at: time(quota.resetsAt) }),
      ...(pausedUntil !== undefined && { paused_until: time(pausedUntil) }),
      waiting,
    })),
    spending: budget.spending(),
  }
}

function page(budget: Budget, now: number): string {
  const limits = budget.limits().map(({ budget: whose, resource, quota, pausedUntil = 0, waiting }) => [
    // The hash of a token is long, and its beginning tells it apart.
    /^[0-9a-f]{64}$/.test(whose) ? whose.slice(0, 12) : whose,
    resource,
    quota ? `${quota.remaining} of ${quota.limit}` : 'unknown',
    quota && quota.resetsAt > now ? `in ${Math.ceil((quota.resetsAt - now) / 60_000)} min` : '',
    pausedUntil > now ? `for ${Math.ceil((pausedUntil - now) / 1000)} s` : '',
    Object.entries(waiting)
      .map(([priority, count]) => `${count} ${priority}`)
      .join(', '),
  ])
  const spending = budget
    .spending()
    .map(({ by, priority, where, paid, free }) => [by, priority, where, String(paid), String(free)])
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>GitHub API budget</title>
<style>body{font:15px system-ui;margin:2em}table{border-collapse:collapse;margin-bottom:2em}td,th{padding:.3em 1em;border-bottom:1px solid #ccc;text-align:left}</style>
<h1>GitHub API budget</h1>
<h2>Limits</h2>
${table(['Whose', 'Kind', 'Left', 'Full again', 'Paused', 'Waiting'], limits)}
<h2>Requests since the start</h2>
${table(['By', 'Priority', 'About', 'Paid', 'Free'], spending)}
</html>
`
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const row = (tag: string, cells: readonly string[]) =>
    `<tr>${cells.map((cell) => `<${tag}>${safe(cell)}</${tag}>`).join('')}</tr>`
  return `<table>${[row('th', head), ...rows.map((cells) => row('td', cells))].join('\n')}</table>`
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
const safe = (text: string): string => text.replace(/[&<>"']/g, (character) => entities[character] ?? '')
