// Upstream's read-only routes: feeds, badge, YAML, configuration, health.
import { dump } from 'js-yaml'
import { badgeOf, badgeSvg } from './badge.ts'
import { asFeed, dataFeed, prowJobsFeed, toYaml } from './feeds.ts'
import { noCache, query, type Routes } from './routes.ts'
import { plain } from './server.ts'

export const feedRoutes: Routes = (app, site) => {
  // Other sites may embed feeds of a Deck that everybody can reach, but not those of one on somebody's own machine.
  const embeddable = site.loopback ? {} : { 'cross-origin-resource-policy': 'cross-origin' }

  app.get('/prowjobs.js', async (request, reply) => {
    const filter = {
      omit: query(request, 'omit'),
      org: query(request, 'org'),
      repo: query(request, 'repo'),
      owner: query(request, 'owner'),
    }
    const feed = asFeed(JSON.stringify(prowJobsFeed(site.board.jobs(), filter)), query(request, 'var'))
    if (!feed) return plain(reply, 400, 'the var query parameter is not a name of a JavaScript variable')
    return reply
      .headers({ ...noCache, ...embeddable })
      .type(feed.type)
      .send(feed.body)
  })

  app.get('/data.js', async (request, reply) => {
    const feed = asFeed(JSON.stringify(dataFeed(site.board.jobs())), query(request, 'var'))
    if (!feed) return plain(reply, 400, 'the var query parameter is not a name of a JavaScript variable')
    return reply
      .headers({ ...noCache, ...embeddable })
      .type(feed.type)
      .send(feed.body)
  })

  app.get('/badge.svg', async (request, reply) => {
    const jobs = query(request, 'jobs')
    if (!jobs) return plain(reply, 400, 'missing jobs query parameter')
    return reply
      .headers({ ...noCache, 'cross-origin-resource-policy': 'cross-origin' })
      .type('image/svg+xml')
      .send(badgeSvg(badgeOf(site.board.jobs(), jobs)))
  })

  app.get('/prowjob', async (request, reply) => {
    const name = query(request, 'prowjob')
    if (!name) return plain(reply, 400, `request did not provide the 'prowjob' query parameter`)
    const job = await site.fresh(name)
    if (!job) return plain(reply, 404, `ProwJob not found: ${name}`)
    return reply.headers(noCache).type('text/plain; charset=utf-8').send(toYaml(job))
  })

  app.get('/config', async (request, reply) => {
    const key = query(request, 'key')
    reply.headers(noCache).type('text/plain; charset=utf-8')
    const config = site.config()
    if (key === 'disabled-clusters') return reply.send(dump([...new Set(config.disabled_clusters)].sort()))
    if (key) return plain(reply, 500, `getting config for key ${key} is not supported`)
    return reply.send(yaml(config))
  })

  app.get('/plugin-config', async (_, reply) => {
    const { sections, ...others } = site.plugins()
    // Where no file was read the sections are there nevertheless, with their defaults.
    if (Object.keys({ ...others.plugins, ...others.external_plugins }).length === 0)
      return plain(reply.headers(noCache), 500, 'Deck knows no configuration of plugins: start it with --plugin-config')
    return reply
      .headers(noCache)
      .type('text/plain; charset=utf-8')
      .send(yaml({ ...sections, ...others }))
  })

  app.get('/healthz', async (_, reply) => plain(reply, 200, 'OK'))
  app.get('/healthz/ready', async (_, reply) => plain(reply, 200, 'OK'))
}

const yaml = (value: unknown) => dump(value, { sortKeys: true, lineWidth: -1, noRefs: true, skipInvalid: true })
