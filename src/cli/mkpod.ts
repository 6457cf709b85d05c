// bowsprit mkpod: prints the Pod of a ProwJob.
import { mkdtemp, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { snowflakes } from '../plank/build-ids.ts'
import { systemClock } from '../system/clock.ts'
import { makePod, readProwJob, withLocalVolumes } from '../tools/mkpod.ts'
import { yamlText } from '../tools/yaml-text.ts'
import { asking } from './ask.ts'
import { command } from './command.ts'
import { flag, UsageError } from './flags.ts'

export default command({
  name: 'mkpod',
  about: 'Prints the Pod of a ProwJob; kubectl create takes it.',
  flags: {
    'prow-job': flag.path({ about: 'File with the ProwJob; - is stdin.' }),
    'build-id': flag.text({ about: 'Build id, or "snowflake" for a new one; else that of the ProwJob.' }),
    local: flag.bool({ about: 'Results go to a folder of the node, and each secret volume is asked about.' }),
    'out-dir': flag.path({ about: 'With --local: that folder; the build id is added.' }),
  },
  examples: [
    ['bowsprit mkpod --prow-job job.yaml --build-id snowflake', 'The Pod as plank would make it.'],
    ['bowsprit mkpod --prow-job job.yaml --local --out-dir /tmp/results', 'A Pod for a cluster without the secrets.'],
  ],
  async run({ flags, machine }) {
    const file = flags['prow-job']
    if (!file) throw new UsageError('--prow-job is needed')
    if (flags['out-dir'] && !flags.local) throw new UsageError('--out-dir is only for --local')
    const job = readProwJob(file === '-' ? await text(machine.stdin) : await readFile(file, 'utf8'), file)
    const given = flags['build-id'] || job.status.build_id || ''
    if (given === '') machine.stderr.write('No build id is given, and the ProwJob has none: see --build-id.\n')
    const buildId = given === 'snowflake' ? await snowflakes(systemClock).next(job.spec.job) : given
    if (!flags.local) {
      machine.stdout.write(yamlText(makePod(job, buildId)))
      return 0
    }
    const folder = flags['out-dir'] ? join(flags['out-dir'], buildId) : await mkdtemp(join(tmpdir(), 'prowjob-out-'))
    const { ask, close } = asking(machine)
    try {
      machine.stdout.write(yamlText(await withLocalVolumes(makePod(job, buildId, folder), ask)))
    } finally {
      close()
    }
    return 0
  },
})
