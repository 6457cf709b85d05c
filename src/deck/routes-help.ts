// Help: what hook's plugins do and which commands they understand, as the pages and scripts ask for it.
import { asFeed } from './feeds.ts'
import { forRepo, type HelpDocument, noHelp, readHelp, withoutHidden } from './plugin-help.ts'
import { noCache, query, type Routes } from './routes.ts'
import { plain } from './server.ts'

/** How long hook's help is kept, in milliseconds. */
const lastsMs = 60_000

export const helpRoutes: Routes = (app, site) => {
  const help = site.pluginHelp && kept(async () => readHelp(await site.pluginHelp?.()), site.clock.now)

  /** The help as everybody may see it; undefined while hook does not tell. */
  async function shown(ask: () => Promise<HelpDocument>): Promise<HelpDocument | undefined> {
    try {
      return withoutHidden(await ask(), site.config().deck.hidden_repos)
    } catch (error) {
      site.log.warn({ err: error }, 'hook did not tell of its plugins')
      return undefined
    }
  }

  // Upstream's old address of the page.
  app.get('/plugin-help', async (request, reply) => {
    const [, search] = request.url.split('?', 2)
    return reply.redirect(search === undefined ? '/command-help' : `/command-help?${search}`, 301)
  })

  app.get('/api/plugin-help', async (request, reply) => {
    reply.headers(noCache)
    if (!help)
      return reply.code(404).send({ error: 'This Deck does not know where hook is: start it with --hook-url.' })
    const document = await shown(help)
    if (!document) return reply.code(503).send({ error: 'hook, which knows the plugins, does not answer just now.' })
    return reply.send(forRepo(document, query(request, 'repo')))
  })

  if (help)
    app.get('/plugin-help.js', async (request, reply) => {
      const feed = asFeed(JSON.stringify((await shown(help)) ?? noHelp), query(request, 'var'))
      if (!feed) return plain(reply, 400, 'the var query parameter is not a name of a JavaScript variable')
      // Other sites may embed it where everybody can reach this Deck, as they may the other feeds.
      return reply
        .headers({ ...noCache, ...(!site.loopback && { 'cross-origin-resource-policy': 'cross-origin' }) })
        .type(feed.type)
        .send(feed.body)
    })
}

/** Fetches at most once at a time, and keeps a success for a while; a failure is not kept. */
function kept<Value>(fetch: () => Promise<Value>, now: () => number): () => Promise<Value> {
  let held: { at: number; value: Promise<Value> } | undefined
  return () => {
    if (held && now() - held.at < lastsMs) return held.value
    const value = fetch()
    const mine = { at: now(), value }
    held = mine
    value.catch(() => {
      if (held === mine) held = undefined
    })
    return value
  }
}
