// Refusals in GitHub's words: status and message as its REST API answers them.

/** One entry of the `errors` list of a 422. */
export interface FieldError {
  readonly resource?: string
  readonly field?: string
  readonly code: string
  readonly message?: string
  readonly value?: string
}

/** A request that GitHub would refuse. REST answers it as JSON, the pages as text, World's methods reject with it. */
export class Refusal extends Error {
  readonly status: number
  readonly errors: readonly (FieldError | string)[] | undefined

  constructor(status: number, message: string, errors?: readonly (FieldError | string)[]) {
    super(message)
    this.name = 'Refusal'
    this.status = status
    this.errors = errors
  }
}

/** An issue that was transferred: where it is now. REST sends clients on. */
export class Moved extends Refusal {
  readonly to: { readonly repo: number; readonly number: number }

  constructor(to: Moved['to']) {
    super(301, 'Moved Permanently')
    this.to = to
  }
}

/** 404, which GitHub also answers where something exists that the person may not know of. */
export const notFound = (): Refusal => new Refusal(404, 'Not Found')
export const badCredentials = (): Refusal => new Refusal(401, 'Bad credentials')
export const needsAuthentication = (): Refusal => new Refusal(401, 'Requires authentication')
export const adminRightsNeeded = (): Refusal => new Refusal(403, 'Must have admin rights to Repository.')
export const pushAccessNeeded = (): Refusal => new Refusal(403, 'Must have push access to Repository.')

/** 422 with its list of reasons. */
export const invalid = (...errors: readonly (FieldError | string)[]): Refusal =>
  new Refusal(422, 'Validation Failed', errors)

/** 422 for a body that does not fit the description of the route. */
export const malformed = (field: string, rule: string): Refusal =>
  new Refusal(422, `Invalid request.\n\nFor 'properties/${field}', ${rule}.`)
