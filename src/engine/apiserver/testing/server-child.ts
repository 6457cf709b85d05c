// For tests: a server in a process of its own, to be killed. Arguments: data directory. Prints where it answers.
import pino from 'pino'
import { systemClock } from '../../../system/clock.ts'
import { systemIds } from '../../../system/ids.ts'
import { startApiServer } from '../server.ts'

const [dataDir = ''] = process.argv.slice(2)
const { url, token, ca } = await startApiServer({
  dataDir,
  listen: { host: '127.0.0.1', port: 0 },
  clock: systemClock,
  ids: systemIds,
  log: pino({ level: 'silent' }),
})
process.stdout.write(`${JSON.stringify({ url, token, ca })}\n`)
