// Help over HTTP: hook's document for Deck, and the record of one external plugin for hook.
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Logger } from 'pino'
import type { HelpDocument, HelpRecord } from './plugin-help.ts'
import { refuse } from './server.ts'

/** Adds `GET /plugin-help`. */
export function servePluginHelp(app: FastifyInstance, help: () => Promise<HelpDocument>, log: Logger): void {
  app.all('/plugin-help', async (request, reply) => {
    if (request.method !== 'GET') return notAllowed(reply)
    try {
      return sendJson(reply, await help())
    } catch (error) {
      return failed(reply, 'making plugin help', error, log)
    }
  })
}

/**
 * Adds `POST /help`, which hook asks for.
 * @param help Is given `org/repo` of the repositories that have the plugin.
 */
export function serveHelpRecord(
  app: FastifyInstance,
  help: (repos: readonly string[]) => HelpRecord,
  log: Logger,
): void {
  app.all('/help', async (request, reply) => {
    if (request.method !== 'POST') return notAllowed(reply)
    let repos: readonly string[]
    try {
      repos = reposIn(JSON.parse(String(request.body)))
    } catch (error) {
      return failed(reply, 'unmarshaling request body', error, log)
    }
    try {
      return sendJson(reply, help(repos))
    } catch (error) {
      return failed(reply, 'making plugin help', error, log)
    }
  })
}

/** Upstream's list of repositories, or null. @throws Error for anything else. */
function reposIn(body: unknown): readonly string[] {
  if (body === null) return []
  if (!Array.isArray(body)) throw new Error('a list of {"Org", "Repo"} is wanted')
  return body.map(({ Org, Repo }: { Org?: unknown; Repo?: unknown }) => {
    if (typeof Org !== 'string' || typeof Repo !== 'string') throw new Error('each entry needs "Org" and "Repo"')
    return `${Org}/${Repo}`
  })
}

const notAllowed = (reply: FastifyReply) => refuse(reply, { status: 405, text: '405 Method not allowed' })

function failed(reply: FastifyReply, action: string, err: unknown, log: Logger) {
  log.error({ err }, `help failed: ${action}`)
  const why = err instanceof Error ? err.message : String(err)
  return refuse(reply, { status: 500, text: `500 Internal server error ${action}: ${why}` })
}

const sendJson = (reply: FastifyReply, value: unknown) =>
  reply
    .header('cache-control', 'no-cache')
    .type('text/plain; charset=utf-8')
    .send(escapeHtml(JSON.stringify(value)))

/** JSON that may stand inside a page, as Go writes it. */
const escapeHtml = (json: string): string => json.replace(/[<>&]/g, (char) => `\\u00${char.charCodeAt(0).toString(16)}`)
