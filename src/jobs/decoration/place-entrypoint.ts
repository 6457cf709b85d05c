// place-entrypoint: the init container that copies the wrapper of the test to where every container finds it.
import type { Container } from '../../api/kubernetes.ts'
import type { DecorationConfig } from '../../api/prowjob.ts'
import { tools } from './places.ts'

/** The container. */
export const placeEntrypoint = (config: DecorationConfig): Container => ({
  name: 'place-entrypoint',
  image: config.utility_images?.entrypoint ?? '',
  args: ['--copy-mode-only'],
  ...(config.resources?.place_entrypoint && { resources: config.resources.place_entrypoint }),
  volumeMounts: [tools.mount],
})
