// What a ConfigMap holds after an update, and whether a cluster would take it. Pure, apart from compressing.
import { isUtf8 } from 'node:buffer'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { ConfigMap, ObjectMeta } from '../../api/kubernetes.ts'
import { asCode } from '../shared/as-code.ts'
import type { Target } from './plan.ts'

/** A value: text lies in `data`, bytes that are no UTF-8 lie in `binaryData`. */
export type Value = string | Buffer

const compress = promisify(gzip)

/** The value for the bytes of a file. A byte order mark stays. */
export async function encoded(bytes: Buffer, gzipped: boolean): Promise<Value> {
  if (gzipped) return compress(bytes)
  return isUtf8(bytes) ? bytes.toString('utf8') : bytes
}

interface Change {
  /** For the key VERSION; undefined leaves it to be treated as any other key. */
  readonly version: string | undefined
  /** By key; undefined removes the key. */
  readonly values: ReadonlyMap<string, Value | undefined>
  /** Whether everything else goes. */
  readonly whole: boolean
}

/** The ConfigMap after a change; a new one where there is none. */
export function changed(current: ConfigMap | undefined, target: Target, { version, values, whole }: Change): ConfigMap {
  const data = new Map(Object.entries((!whole && current?.data) || {}))
  const binaryData = new Map(Object.entries((!whole && current?.binaryData) || {}))
  if (version) data.set('VERSION', version)
  for (const [key, value] of values) {
    data.delete(key)
    binaryData.delete(key)
    if (typeof value === 'string') data.set(key, value)
    else if (value) binaryData.set(key, value.toString('base64'))
  }
  const { data: _, binaryData: __, metadata, ...rest }: ConfigMap = current ?? { apiVersion: 'v1', kind: 'ConfigMap' }
  const { labels = {}, ...meta }: ObjectMeta = metadata ?? { name: target.name, namespace: target.namespace }
  return {
    ...rest,
    metadata: { ...meta, labels: Object.keys(labels).length > 0 ? labels : ownLabels },
    // As servers do: what is empty is not there.
    ...(data.size > 0 && { data: Object.fromEntries(data) }),
    ...(binaryData.size > 0 && { binaryData: Object.fromEntries(binaryData) }),
  }
}

const ownLabels = { 'app.kubernetes.io/name': 'prow', 'app.kubernetes.io/component': 'updateconfig-plugin' }

/** Kubernetes takes no more bytes of values in one ConfigMap. */
export const mostBytes = 1024 * 1024

/** Bytes of all values, as Kubernetes counts them: keys are not counted, and binary ones are not counted as base64. */
export const sizeOf = (configMap: ConfigMap): number => sizes(configMap).reduce((sum, [, bytes]) => sum + bytes, 0)

const sizes = ({ data = {}, binaryData = {} }: ConfigMap): [key: string, bytes: number][] => [
  ...Object.entries(data).map(([key, text]): [string, number] => [key, Buffer.byteLength(text)]),
  ...Object.entries(binaryData).map(([key, text]): [string, number] => [key, Buffer.byteLength(text, 'base64')]),
]

const bytes = (count: number) => `${count.toLocaleString('en-US')} bytes`

/** Why no cluster would take the ConfigMap, and what to do; undefined when one would. */
export function refusal(configMap: ConfigMap): string | undefined {
  const all = sizes(configMap)
  const odd = all.map(([key]) => key).find((key) => !isKey(key))
  if (odd !== undefined)
    return `${asCode(odd)} cannot be a key of a ConfigMap: a key has at most 253 characters, which are letters, digits, "-", "_" and ".", and does not begin with ".."; rename the file, or set key`
  const total = sizeOf(configMap)
  if (total <= mostBytes) return undefined
  const [key, most] = all.reduce((largest, one) => (one[1] > largest[1] ? one : largest), ['', 0])
  return `it would hold ${bytes(total)}, and a ConfigMap holds at most ${bytes(mostBytes)}; the largest key is ${asCode(key)} with ${bytes(most)}; set gzip, or spread the files with partitioned_names`
}

const isKey = (key: string) => /^[-._a-zA-Z0-9]{1,253}$/.test(key) && key !== '.' && !key.startsWith('..')
