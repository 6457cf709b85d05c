// The metrics and health port: /metrics for Prometheus, /healthz and /healthz/ready for whoever restarts us.

import Fastify from 'fastify'
import type { Component, Listen } from '../component.ts'
import { untilAborted } from './supervise.ts'

/** Serves the registry of the process. `isReady` is asked at each request. */
export const metricsServer: Component<{ listen: Listen; isReady: () => boolean }> = {
  name: 'metrics',
  async run({ listen, isReady, metrics, signal, ready }) {
    const app = Fastify({ logger: false })
    app.get('/metrics', async (_request, reply) => reply.type(metrics.contentType).send(await metrics.metrics()))
    app.get('/healthz', () => 'OK')
    app.get('/healthz/ready', (_request, reply) =>
      isReady() ? reply.send('OK') : reply.code(404).send('404 page not found\n'),
    )
    ready(await app.listen(listen))
    await untilAborted(signal)
    await app.close()
  },
}
