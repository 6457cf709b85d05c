// initupload: announces the start of a run in the bucket, and ends the Pod when the code could not be cloned.
import { readFile } from 'node:fs/promises'
import type { CloneRecord, InituploadOptions } from '../api/pod-utilities.ts'
import { finishedOf, startedOf } from '../jobs/results.ts'
import { formatRecord } from './clonerefs/records.ts'
import { readJobSpec } from './job-spec.ts'
import { messageOf } from './log.ts'
import { check, OptionsError, readOptions, utility } from './options.ts'
import { checkUploader, uploaderFromFlags, uploaderShape } from './upload/options.ts'
import { type Extra, upload } from './upload/upload.ts'

/** Exit status 1 when a clone failed, after everything was uploaded: the Pod then never starts its tests. */
export const initupload = utility('initupload', async (world, args, log) => {
  const options = readOptions<InituploadOptions>(world, 'initupload', { ...uploaderShape, log: 'text' }, () =>
    uploaderFromFlags(args),
  )
  checkUploader(options)
  const spec = readJobSpec(world)
  const timestamp = Math.floor(world.clock.now() / 1000)
  const raw = options.log ? await readFile(options.log, 'utf8') : undefined
  const records = raw === undefined ? [] : parseRecords(raw, options.log ?? '')
  const failed = records.some((record) => record.failed)
  const text = records.map(formatRecord).join('')
  const extra = (name: string, content: string): Extra => ({ name, content: async () => content })
  await upload({
    spec,
    options,
    extras: [
      ...(raw === undefined ? [] : [extra('clone-log.txt', text), extra('clone-records.json', raw)]),
      ...(failed ? [extra('build-log.txt', text)] : []),
      extra('started.json', JSON.stringify(startedOf(spec, { timestamp, records }))),
    ],
    last: failed
      ? [extra('finished.json', JSON.stringify(finishedOf({ timestamp, passed: false, result: 'FAILURE' })))]
      : [],
    storage: world.storage,
    clock: world.clock,
    log,
  })
  if (failed) log.error('Cloning the refs failed, the tests will not run')
  return failed ? 1 : 0
})

function parseRecords(text: string, path: string): CloneRecord[] {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch (error) {
    throw new OptionsError(`could not read clone records ${path}: ${messageOf(error)}`)
  }
  if (!Array.isArray(parsed)) throw new OptionsError(`could not read clone records ${path}: it must be a list`)
  return parsed.map((record) => {
    const {
      refs = { org: '', repo: '' },
      commands = [],
      ...rest
    } = check<Partial<CloneRecord>>(
      record,
      { refs: 'object', commands: 'objects', failed: 'bool', final_sha: 'text', duration: 'whole' },
      path,
    )
    return { refs, commands, ...rest }
  })
}
