// gcsupload: uploads files and folders to the place of a run, by hand or from a script.
import type { UploaderOptions } from '../api/pod-utilities.ts'
import { readJobSpec } from './job-spec.ts'
import { readOptions, utility } from './options.ts'
import { checkUploader, uploaderFromFlags, uploaderShape } from './upload/options.ts'
import { upload } from './upload/upload.ts'

export const gcsupload = utility('gcsupload', async (world, args, log) => {
  const options = readOptions<UploaderOptions>(world, 'gcsupload', uploaderShape, () => uploaderFromFlags(args))
  checkUploader(options)
  await upload({ spec: readJobSpec(world), options, storage: world.storage, clock: world.clock, log })
  return 0
})
