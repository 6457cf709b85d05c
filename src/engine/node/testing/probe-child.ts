// For tests: tells whether whoever runs this gets namespaces, and what a container in them sees of itself. Argument: a scratch directory.
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import { text } from 'node:stream/consumers'
import { tryNamespaces } from '../probe.ts'
import { processRuntime } from '../process-runtime.ts'
import { places } from './scene.ts'

const [scratch = ''] = process.argv.slice(2)
const isolation = await tryNamespaces(join(scratch, 'probe'), { ...places, hidden: [], utilityPaths: [] })
if (typeof isolation === 'string') process.stdout.write(JSON.stringify({ refused: isolation }))
else {
  const dir = join(scratch, 'c')
  const volume = join(scratch, 'v')
  await Promise.all([dir, volume].map((path) => mkdir(path, { recursive: true })))
  const script =
    'id -u; for d in / /usr /etc; do touch $d/x 2>/dev/null && echo open; done; touch /v/x ~/x && echo written; mount -o remount,rw /usr 2>/dev/null && echo remounted; exit 5'
  const launched = await processRuntime({ ...places, hidden: [], utilityPaths: [], isolation }).launch({
    dir,
    image: '',
    command: ['/bin/sh', '-c', script],
    args: [],
    env: {},
    mounts: [{ path: '/v', source: volume, kind: 'dir', readOnly: false }],
    user: {},
    spawned: () => {},
  })
  const output = 'refused' in launched ? launched.refused.message : await text(launched.stdout)
  const exit = 'refused' in launched ? undefined : await launched.exited
  process.stdout.write(JSON.stringify({ privileged: isolation.privileged, output, code: exit?.code }))
}
