// The metrics and health port: /metrics for Prometheus, /healthz and /healthz/ready for whoever restarts us, /api-budget for people.

import Fastify from 'fastify'
import type { Component, Listen } from '../component.ts'
import { type Budget, budgetPage } from './budget-page.ts'
import { untilAborted } from './supervise.ts'

/** Serves the registry of the process. `isReady` is asked at each request. With a budget there is its page. */
export const metricsServer: Component<{ listen: Listen; isReady: () => boolean; budget?: Budget }> = {
  name: 'metrics',
  async run({ listen, isReady, budget, clock, metrics, signal, ready }) {
    const app = Fastify({ logger: false })
    app.get('/metrics', async (_request, reply) => reply.type(metrics.contentType).send(await metrics.metrics()))
    app.get('/healthz', () => 'OK')
    app.get('/healthz/ready', (_request, reply) =>
      isReady() ? reply.send('OK') : reply.code(404).send('404 page not found\n'),
    )
    if (budget) budgetPage(app, budget, clock)
    ready(await app.listen(listen))
    await untilAborted(signal)
    await app.close()
  },
}
