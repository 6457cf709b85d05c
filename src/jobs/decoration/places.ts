// Where things lie inside a decorated Pod. These names and paths are a contract with upstream's utility images.
import type { Container, PodSpec } from '../../api/kubernetes.ts'

export type Volume = NonNullable<PodSpec['volumes']>[number]
export type Mount = NonNullable<Container['volumeMounts']>[number]

/** A volume and where it is mounted. */
export interface Mounted {
  readonly volume: Volume
  readonly mount: Mount
}

export const logs: Mounted = {
  volume: { name: 'logs', emptyDir: {} },
  mount: { name: 'logs', mountPath: '/logs' },
}
export const tools: Mounted = {
  volume: { name: 'tools', emptyDir: {} },
  mount: { name: 'tools', mountPath: '/tools' },
}
export const code: Mounted = {
  volume: { name: 'code', emptyDir: {} },
  mount: { name: 'code', mountPath: '/home/prow/go' },
}

/** Records of the clones, written by clonerefs, read by initupload. */
export const cloneLog = '/logs/clone.json'
/** Folder whose files are uploaded with the results. */
export const artifacts = '/logs/artifacts'

/** A secret as a volume whose files only their owner may read. */
export const privateSecret = (name: string, secretName: string): Volume => ({
  name,
  secret: { secretName, defaultMode: 0o400 },
})

/** One key of a secret as a file of the same name. */
export const secretKeyVolume = (secretName: string, key: string): Volume => ({
  name: secretName,
  secret: { secretName, items: [{ key, path: `./${key}` }] },
})
