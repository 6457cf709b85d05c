// Services other than the code host, as a fetch that tests pass in: what they are asked is written down.

export interface FakeServices {
  readonly fetch: typeof globalThis.fetch
  /** `GET https://…`, one per request. */
  readonly asked: string[]
  /** The requests themselves. */
  readonly requests: Request[]
}

/** What a service answers: a status, a text, an answer as a whole, or anything else as JSON. */
export type Answers = (method: string, address: string) => unknown

/** @param answers Undefined: there is no such service. May throw, as the network does. */
export function fakeServices(answers: Answers): FakeServices {
  const asked: string[] = []
  const requests: Request[] = []
  return {
    asked,
    requests,
    async fetch(input, init) {
      const request = new Request(input, init)
      requests.push(request)
      asked.push(`${request.method} ${request.url}`)
      const answer = answers(request.method, request.url)
      if (answer === undefined) throw new TypeError('fetch failed')
      if (answer instanceof Response) return answer
      if (typeof answer === 'number') return new Response(null, { status: answer })
      return typeof answer === 'string' ? new Response(answer) : Response.json(answer)
    },
  }
}

/** The answer to a question for the size of a picture. */
export const pictureOf = (bytes: number): Response =>
  new Response(null, { headers: { 'content-length': String(bytes) } })
