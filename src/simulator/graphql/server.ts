// Serves GraphQL at /api/graphql. The schema is made at the first call: it costs time and memory that many never need.
import type { FastifyInstance } from 'fastify'
import type { GraphQLError, GraphQLSchema } from 'graphql'
import type { Core } from '../core.ts'
import { Refusal } from '../errors.ts'
import type { Faults } from '../faults.ts'
import { callerOf } from '../rest/auth.ts'
import { rateLimitHeaders } from '../rest/rate-limit.ts'
import { strike } from '../rest/strike.ts'
import type { Context } from './context.ts'

const path = '/api/graphql'

interface Engine {
  readonly schema: GraphQLSchema
  readonly graphql: typeof import('graphql').graphql
}

let engine: Promise<Engine> | undefined

async function loadEngine(): Promise<Engine> {
  const [{ graphql }, { cutSchema }, { types }] = await Promise.all([
    import('graphql'),
    import('./cut.ts'),
    import('./roots.ts'),
  ])
  return { graphql, schema: cutSchema(types) }
}

/** Answers POST /api/graphql. */
export function graphqlApi(core: Core, faults: Faults) {
  return async (app: FastifyInstance): Promise<void> => {
    app.removeAllContentTypeParsers()
    app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body))
    app.post(path, async (request, reply) => {
      const fault = faults.take('POST', '/graphql')
      if (fault && (await strike(core, fault, reply))) return reply
      try {
        const { actor, token } = callerOf(core, request.headers.authorization)
        if (!actor) throw new Refusal(401, 'This endpoint requires you to be authenticated.')
        const { query, variables, operationName } = readRequest(request.body)
        engine ??= loadEngine()
        const { schema, graphql } = await engine
        const contextValue: Context = { core, viewer: actor }
        const result = await graphql({
          schema,
          source: query,
          contextValue,
          variableValues: variables,
          operationName: operationName ?? null,
        })
        const errors = result.errors?.map((error) => ({ type: typeOf(error), ...error.toJSON() }))
        for (const error of result.errors ?? []) {
          if (error.originalError && !(error.originalError instanceof Refusal))
            core.log.debug({ err: error.originalError }, 'a GraphQL field failed')
        }
        if (fault?.kind === 'reset-after') {
          reply.hijack()
          reply.raw.destroy()
          return reply
        }
        return await reply.headers(rateLimitHeaders(core, token)).send({ ...result, ...(errors && { errors }) })
      } catch (error) {
        if (!(error instanceof Refusal)) throw error
        return reply
          .code(error.status)
          .send({ message: error.message, documentation_url: 'https://docs.github.com/graphql' })
      }
    })
  }
}

/** GitHub says of which type an error is, beside what GraphQL asks for. */
function typeOf({ message, originalError }: GraphQLError): string | undefined {
  if (message.startsWith('Could not resolve to ')) return 'NOT_FOUND'
  return originalError instanceof Refusal ? types[originalError.status] : undefined
}

const types: Readonly<Record<number, string>> = {
  301: 'NOT_FOUND',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  422: 'UNPROCESSABLE',
}

function readRequest(body: unknown): { query: string; variables: Record<string, unknown>; operationName?: string } {
  let parsed: unknown
  try {
    parsed = JSON.parse(String(body))
  } catch {
    throw new Refusal(400, 'Problems parsing JSON')
  }
  const fields = new Map(Object.entries(typeof parsed === 'object' && parsed !== null ? parsed : {}))
  const query: unknown = fields.get('query')
  const variables: unknown = fields.get('variables')
  const operationName: unknown = fields.get('operationName')
  if (typeof query !== 'string') throw new Refusal(400, 'A query attribute must be specified and must be a string.')
  return {
    query,
    variables: typeof variables === 'object' && variables !== null ? { ...variables } : {},
    ...(typeof operationName === 'string' ? { operationName } : {}),
  }
}
