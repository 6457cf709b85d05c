// For tests: a node in a process of its own, to be killed. Arguments: JSON with the API server's access, data directory and isolation.
import process from 'node:process'
import pino from 'pino'
import { Registry } from 'prom-client'
import { httpKube } from '../../../kube/http.ts'
import { systemClock } from '../../../system/clock.ts'
import { systemIds } from '../../../system/ids.ts'
import { createNode } from '../node.ts'
import { places } from './scene.ts'

const { url, token, ca, dataDir, namespaceIsolation } = JSON.parse(process.argv[2] ?? '')
const kube = httpKube({
  cluster: 'default',
  server: url,
  access: () => ({ headers: { authorization: `Bearer ${token}` }, tls: { ca } }),
  clock: systemClock,
  ids: systemIds,
})
await createNode({ ...places, dataDir, namespaceIsolation, clock: systemClock }).run({
  clock: systemClock,
  ids: systemIds,
  log: pino({ level: 'silent' }),
  metrics: new Registry(),
  signal: new AbortController().signal,
  ready: () => process.stdout.write('ready\n'),
  kube,
})
