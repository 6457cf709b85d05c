// The pages: one document for every address that people see, and its assets.
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { downloadHeaders } from './guard.ts'
import type { Routes } from './routes.ts'
import { plain } from './server.ts'

export const pageRoutes: Routes = (app, { webRoot }) => {
  const document = join(webRoot, 'index.html')

  async function page(_: FastifyRequest, reply: FastifyReply) {
    if (!existsSync(document))
      return plain(reply, 503, `Deck's pages are not built: run "npm run prepare", which writes ${webRoot}`)
    return reply
      .header('cache-control', 'no-cache')
      .type('text/html; charset=utf-8')
      .send(await readFile(document))
  }
  for (const url of ['/', '/job/*', '/view/*', '/command-help', '/plugins']) app.get(url, page)

  if (existsSync(document)) {
    app.register(fastifyStatic, {
      root: webRoot,
      index: false,
      // Vite puts a hash of the content into the names below assets/.
      setHeaders(reply, path) {
        const forever = path.includes('/assets/')
        reply.header('cache-control', forever ? 'public, max-age=31536000, immutable' : 'no-cache')
      },
    })
  }

  app.setNotFoundHandler((request, reply) =>
    request.url.startsWith('/api/')
      ? reply
          .code(404)
          .headers(downloadHeaders)
          .send({ error: `There is no ${request.url.split('?')[0]}` })
      : plain(reply, 404, '404 page not found'),
  )
}
