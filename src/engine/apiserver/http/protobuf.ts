// Bodies in Kubernetes' protobuf, which kubectl sends for `create configmap` and the like: only the kinds it does that for.
import type { Json } from '../object.ts'
import { ApiError, badRequest } from '../status.ts'

/** The media type of these bodies. */
export const protobuf = 'application/vnd.kubernetes.protobuf'

type Message = Readonly<Record<number, readonly [name: string, type: FieldType]>>
// A plain field is left out when it is empty, as Go does; one with `?` is a pointer in Go: it is there or not.
type FieldType =
  | 'text'
  | 'texts'
  | 'int'
  | 'int?'
  | 'bool?'
  | 'time'
  | 'micro'
  | 'text map'
  | 'bytes map'
  | Message
  | readonly [Message]

// Field numbers are those of the generated.proto files of k8s.io/api and k8s.io/apimachinery.
const ownerReference: Message = {
  1: ['kind', 'text'],
  3: ['name', 'text'],
  4: ['uid', 'text'],
  5: ['apiVersion', 'text'],
  6: ['controller', 'bool?'],
  7: ['blockOwnerDeletion', 'bool?'],
}
const metadata: Message = {
  1: ['name', 'text'],
  2: ['generateName', 'text'],
  3: ['namespace', 'text'],
  5: ['uid', 'text'],
  6: ['resourceVersion', 'text'],
  7: ['generation', 'int'],
  8: ['creationTimestamp', 'time'],
  9: ['deletionTimestamp', 'time'],
  10: ['deletionGracePeriodSeconds', 'int?'],
  11: ['labels', 'text map'],
  12: ['annotations', 'text map'],
  13: ['ownerReferences', [ownerReference]],
  14: ['finalizers', 'texts'],
}
const objectReference: Message = {
  1: ['kind', 'text'],
  2: ['namespace', 'text'],
  3: ['name', 'text'],
  4: ['uid', 'text'],
  5: ['apiVersion', 'text'],
  6: ['resourceVersion', 'text'],
  7: ['fieldPath', 'text'],
}

const messages: Readonly<Record<string, Message>> = {
  'v1 ConfigMap': {
    1: ['metadata', metadata],
    2: ['data', 'text map'],
    3: ['binaryData', 'bytes map'],
    4: ['immutable', 'bool?'],
  },
  'v1 Secret': {
    1: ['metadata', metadata],
    2: ['data', 'bytes map'],
    3: ['type', 'text'],
    4: ['stringData', 'text map'],
    5: ['immutable', 'bool?'],
  },
  'v1 Namespace': { 1: ['metadata', metadata], 2: ['spec', { 1: ['finalizers', 'texts'] }] },
  'v1 ServiceAccount': {
    1: ['metadata', metadata],
    2: ['secrets', [objectReference]],
    3: ['imagePullSecrets', [{ 1: ['name', 'text'] }]],
    4: ['automountServiceAccountToken', 'bool?'],
  },
  'v1 Event': {
    1: ['metadata', metadata],
    2: ['involvedObject', objectReference],
    3: ['reason', 'text'],
    4: ['message', 'text'],
    5: ['source', { 1: ['component', 'text'], 2: ['host', 'text'] }],
    6: ['firstTimestamp', 'time'],
    7: ['lastTimestamp', 'time'],
    8: ['count', 'int'],
    9: ['type', 'text'],
    10: ['eventTime', 'micro'],
    12: ['action', 'text'],
    14: ['reportingComponent', 'text'],
    15: ['reportingInstance', 'text'],
  },
  'coordination.k8s.io/v1 Lease': {
    1: ['metadata', metadata],
    2: [
      'spec',
      {
        1: ['holderIdentity', 'text'],
        2: ['leaseDurationSeconds', 'int?'],
        3: ['acquireTime', 'micro'],
        4: ['renewTime', 'micro'],
        5: ['leaseTransitions', 'int?'],
      },
    ],
  },
  'authorization.k8s.io/v1 SelfSubjectAccessReview': { 1: ['metadata', metadata] },
  'v1 DeleteOptions': {
    1: ['gracePeriodSeconds', 'int?'],
    2: ['preconditions', { 1: ['uid', 'text'], 2: ['resourceVersion', 'text'] }],
    3: ['orphanDependents', 'bool?'],
    4: ['propagationPolicy', 'text'],
    5: ['dryRun', 'texts'],
  },
}

const envelope: Message = { 1: ['typeMeta', { 1: ['apiVersion', 'text'], 2: ['kind', 'text'] }] }
const magic = Buffer.from('k8s\0')

/** Decodes a body. 400 when it is broken, 415 for a kind that has to be sent as JSON. */
export function decodeProtobuf(body: Buffer): Json {
  if (!body.subarray(0, magic.length).equals(magic))
    throw badRequest('the body of the request is not Kubernetes protobuf')
  try {
    const unknown = body.subarray(magic.length)
    const { typeMeta } = read(unknown, envelope) as { typeMeta?: { apiVersion?: string; kind?: string } }
    const { apiVersion = '', kind = '' } = typeMeta ?? {}
    // DeleteOptions carry the version of what they delete.
    const message = messages[kind === 'DeleteOptions' ? 'v1 DeleteOptions' : `${apiVersion} ${kind}`]
    if (!message) {
      throw new ApiError(
        415,
        'UnsupportedMediaType',
        `a ${apiVersion} ${kind} has to be sent as application/json, not as protobuf`,
      )
    }
    const raw = [...fields(unknown)].find((field) => field.number === 2)
    return { apiVersion, kind, ...read(raw ? bytesOf(raw) : Buffer.alloc(0), message) }
  } catch (error) {
    if (error instanceof ApiError) throw error
    throw badRequest(
      `the body of the request is broken protobuf: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
}

interface Field {
  readonly number: number
  readonly value: bigint | Buffer
}

function* fields(message: Buffer): Generator<Field> {
  let offset = 0
  const varint = (): bigint => {
    let value = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = message[offset++]
      if (byte === undefined) throw new Error('it ends inside a number')
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return BigInt.asIntN(64, value)
    }
    throw new Error('a number is too long')
  }
  const bytes = (length: number): Buffer => {
    if (length < 0 || offset + length > message.length) throw new Error('a field is longer than the message')
    offset += length
    return message.subarray(offset - length, offset)
  }
  while (offset < message.length) {
    const tag = Number(varint())
    const number = tag >> 3
    switch (tag & 7) {
      case 0:
        yield { number, value: varint() }
        break
      case 1:
        yield { number, value: bytes(8) }
        break
      case 2:
        yield { number, value: bytes(Number(varint())) }
        break
      case 5:
        yield { number, value: bytes(4) }
        break
      default:
        throw new Error(`field ${number} has an unknown wire type`)
    }
  }
}

function bytesOf({ number, value }: Field): Buffer {
  if (typeof value === 'bigint') throw new Error(`field ${number} is a number where bytes are expected`)
  return value
}

const textOf = (field: Field) => bytesOf(field).toString('utf8')

function numberOf({ number, value }: Field): number {
  if (typeof value !== 'bigint') throw new Error(`field ${number} is no number`)
  return Number(value)
}

function read(message: Buffer, schema: Message): Json {
  const out: Record<string, unknown> = {}
  for (const field of fields(message)) {
    const known = schema[field.number]
    if (!known) continue
    const [name, type] = known
    const value = decoded(field, type, out[name])
    if (value !== undefined) out[name] = value
  }
  return out
}

function decoded(field: Field, type: FieldType, before: unknown): unknown {
  switch (type) {
    case 'text':
      return textOf(field) || undefined
    case 'texts':
      return [...(Array.isArray(before) ? before : []), textOf(field)]
    case 'int':
      return numberOf(field) || undefined
    case 'int?':
      return numberOf(field)
    case 'bool?':
      return numberOf(field) !== 0
    case 'time':
      return timeOf(bytesOf(field), 0)
    case 'micro':
      return timeOf(bytesOf(field), 6)
    case 'text map':
      return withEntry(before, bytesOf(field), (value) => value.toString('utf8'))
    case 'bytes map':
      return withEntry(before, bytesOf(field), (value) => value.toString('base64'))
    default: {
      const [repeated] = Array.isArray(type) ? type : []
      if (repeated) return [...(Array.isArray(before) ? before : []), read(bytesOf(field), repeated)]
      const value = read(bytesOf(field), type as Message)
      return Object.keys(value).length > 0 ? value : undefined
    }
  }
}

function withEntry(before: unknown, entry: Buffer, decode: (value: Buffer) => string): Json {
  let key = ''
  let value = Buffer.alloc(0)
  for (const field of fields(entry)) {
    if (field.number === 1) key = textOf(field)
    if (field.number === 2) value = Buffer.from(bytesOf(field))
  }
  if (key === '__proto__') throw new Error('the key "__proto__" is not allowed')
  return { ...(before as Json | undefined), [key]: decode(value) }
}

function timeOf(message: Buffer, digits: number): string | undefined {
  let seconds = 0
  let nanos = 0
  for (const field of fields(message)) {
    if (field.number === 1) seconds = numberOf(field)
    if (field.number === 2) nanos = numberOf(field)
  }
  if (seconds === 0) return undefined
  const fraction = digits > 0 ? `.${String(nanos).padStart(9, '0').slice(0, digits)}` : ''
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}${fraction}Z`
}
