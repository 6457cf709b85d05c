// Refusals of the API: Status objects with Kubernetes' reasons and codes.

/** One thing that is wrong with an object. */
export interface Cause {
  readonly reason: string
  readonly message: string
  /** Path of the field, e.g. `spec.containers[0].name`. */
  readonly field: string
}

/** The Status object as it goes over the wire. */
export interface Status {
  readonly kind: 'Status'
  readonly apiVersion: 'v1'
  readonly metadata: Record<string, never>
  readonly status: 'Success' | 'Failure'
  readonly message?: string
  readonly reason?: string
  readonly details?: StatusDetails
  readonly code: number
}

interface StatusDetails {
  readonly name?: string
  readonly group?: string
  readonly kind?: string
  readonly uid?: string
  readonly causes?: readonly Cause[]
  readonly retryAfterSeconds?: number
}

/** A request that the API refuses; carries the answer. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly status: Status

  constructor(code: number, reason: string, message: string, details: StatusDetails = {}) {
    super(message)
    this.status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, details, code }
  }
}

/** What a refusal is about: `plural` and `group` of the resource, and the object's name. */
export interface About {
  readonly group: string
  readonly plural: string
  readonly kind: string
  readonly name?: string
}

const qualified = ({ plural, group }: About) => (group ? `${plural}.${group}` : plural)
const qualifiedKind = ({ kind, group }: About) => (group ? `${kind}.${group}` : kind)
const details = ({ group, plural, name }: About): StatusDetails => ({
  ...(name === undefined ? {} : { name }),
  ...(group ? { group } : {}),
  kind: plural,
})

export const badRequest = (message: string) => new ApiError(400, 'BadRequest', message)

export const unauthorized = () => new ApiError(401, 'Unauthorized', 'Unauthorized')

export const forbidden = (about: About, why: string, causes: readonly Cause[] = []) =>
  new ApiError(403, 'Forbidden', `${qualified(about)} ${JSON.stringify(about.name ?? '')} is forbidden: ${why}`, {
    ...details(about),
    ...(causes.length > 0 ? { causes } : {}),
  })

export const notFound = (about: About) =>
  new ApiError(404, 'NotFound', `${qualified(about)} ${JSON.stringify(about.name ?? '')} not found`, details(about))

/** The path is none that the server knows. */
export const noSuchPath = () => new ApiError(404, 'NotFound', 'the server could not find the requested resource')

export const methodNotAllowed = (what: string) => new ApiError(405, 'MethodNotAllowed', what)

export const notAcceptable = (offered: string) =>
  new ApiError(406, 'NotAcceptable', `only the following media types are accepted: ${offered}`)

export const alreadyExists = (about: About) =>
  new ApiError(
    409,
    'AlreadyExists',
    `${qualified(about)} ${JSON.stringify(about.name ?? '')} already exists`,
    details(about),
  )

export const conflict = (about: About, why: string) =>
  new ApiError(
    409,
    'Conflict',
    `Operation cannot be fulfilled on ${qualified(about)} ${JSON.stringify(about.name ?? '')}: ${why}`,
    details(about),
  )

/** The object was changed by somebody else since the client read it. */
export const modified = (about: About) =>
  conflict(about, 'the object has been modified; please apply your changes to the latest version and try again')

/** Server-side apply would take fields from another manager. */
export const applyConflict = (causes: readonly Cause[]) =>
  new ApiError(
    409,
    'Conflict',
    `Apply failed with ${causes.length} ${causes.length === 1 ? 'conflict' : 'conflicts'}: ${causes
      .map((cause) => `${cause.message}: ${cause.field}`)
      .join(', ')}`,
    { causes },
  )

/** The watch or the continue token is older than what the server keeps. */
export const expired = (message: string) => new ApiError(410, 'Expired', message)

export const tooLarge = (limitBytes: number) =>
  new ApiError(413, 'RequestEntityTooLarge', `Request entity too large: limit is ${limitBytes} bytes`)

export const unsupportedMediaType = (got: string, accepted: readonly string[]) =>
  new ApiError(
    415,
    'UnsupportedMediaType',
    `the body of the request was in an unknown format ${JSON.stringify(got)} - accepted media types include: ${accepted.join(', ')}`,
  )

export const invalid = (about: About, causes: readonly Cause[]) => {
  const sentences = causes.map(({ field, message }) => `${field}: ${message}`)
  const list = sentences.length === 1 ? sentences[0] : `[${sentences.join(', ')}]`
  return new ApiError(
    422,
    'Invalid',
    `${qualifiedKind(about)} ${JSON.stringify(about.name ?? '')} is invalid: ${list}`,
    {
      ...details(about),
      kind: about.kind,
      causes,
    },
  )
}

export const internalError = () =>
  new ApiError(500, 'InternalError', 'Internal error occurred; the log of the server says more')

export const unavailable = (message: string) =>
  new ApiError(503, 'ServiceUnavailable', message, { retryAfterSeconds: 1 })

/** The value is missing. */
export const required = (field: string, message = ''): Cause => ({
  reason: 'FieldValueRequired',
  message: message ? `Required value: ${message}` : 'Required value',
  field,
})

/** The value breaks a rule. */
export const invalidValue = (field: string, value: unknown, rule: string): Cause => ({
  reason: 'FieldValueInvalid',
  message: `Invalid value: ${shown(value)}: ${rule}`,
  field,
})

/** The value is none of the allowed ones. */
export const notSupported = (field: string, value: unknown, allowed: readonly unknown[]): Cause => ({
  reason: 'FieldValueNotSupported',
  message: `Unsupported value: ${shown(value)}: supported values: ${allowed.map(shown).join(', ')}`,
  field,
})

export const duplicate = (field: string, value: unknown): Cause => ({
  reason: 'FieldValueDuplicate',
  message: `Duplicate value: ${shown(value)}`,
  field,
})

export const forbiddenField = (field: string, rule: string): Cause => ({
  reason: 'FieldValueForbidden',
  message: `Forbidden: ${rule}`,
  field,
})

// A refusal quotes what it refuses, but not a megabyte of it.
function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'null'
  return text.length > 200 ? `${text.slice(0, 200)}…` : text
}
