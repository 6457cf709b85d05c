// The pages: what a person needs to try things out.
import type { FastifyInstance } from 'fastify'
import type { Core } from '../core.ts'
import type { World } from '../world.ts'

export function pages(_core: Core, _world: World) {
  return async (_app: FastifyInstance): Promise<void> => {}
}
