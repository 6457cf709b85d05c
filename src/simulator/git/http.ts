// Clone, fetch and push over HTTP: git's own http-backend, run as a CGI program behind the simulator's permissions.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { atLeast, grantedPermission, permissionOf, pushDenied } from '../actions/permissions.ts'
import { announceNews } from '../actions/pushes.ts'
import { type Core, findRepo } from '../core.ts'
import { Refusal } from '../errors.ts'
import { callerOf } from '../rest/auth.ts'
import type { Account, Repo } from '../state/records.ts'
import { startGit } from './command.ts'

/** Serves `/OWNER/REPO.git` and `/OWNER/REPO`. */
export function gitHttp(core: Core) {
  return async (app: FastifyInstance): Promise<void> => {
    // Bodies go to git as they come.
    app.removeAllContentTypeParsers()
    app.addContentTypeParser('*', (_request, _payload, done) => done(null))
    const serve = (service: string) => (request: FastifyRequest, reply: FastifyReply) =>
      answer(core, request, reply, service)
    app.get('/:owner/:repo/info/refs', { exposeHeadRoute: false }, serve('info/refs'))
    app.post('/:owner/:repo/git-upload-pack', serve('git-upload-pack'))
    app.post('/:owner/:repo/git-receive-pack', serve('git-receive-pack'))
  }
}

async function answer(
  core: Core,
  request: FastifyRequest,
  reply: FastifyReply,
  service: string,
): Promise<FastifyReply> {
  const query = new URLSearchParams(request.url.split('?')[1] ?? '')
  const writes = service === 'git-receive-pack' || query.get('service') === 'git-receive-pack'
  try {
    const { repo, actor } = admit(core, request, writes)
    reply.hijack()
    const run = () => backend(core, repo, actor, service, query.toString(), request.raw, reply.raw)
    if (service !== 'git-receive-pack') await run()
    else {
      await core.lock(repo.id, async () => {
        // Even when the answer did not get through: git may have taken the push.
        await run().finally(() => actor && announceNews(core, repo, actor))
      })
    }
    reply.raw.end() // only now, so that whoever pushed finds the pull requests up to date
    return reply
  } catch (error) {
    if (reply.sent) {
      core.log.error({ err: error }, 'serving git failed')
      reply.raw.destroy()
      return reply
    }
    if (!(error instanceof Refusal)) throw error
    if (error.status === 401) void reply.header('www-authenticate', 'Basic realm="GitHub"')
    return reply.code(error.status).type('text/plain; charset=utf-8').send(error.message)
  }
}

/** The repository and who asks for it, or a refusal in GitHub's words. */
function admit(core: Core, request: FastifyRequest, writes: boolean): { repo: Repo; actor: Account | null } {
  const { owner = '', repo: name = '' } = request.params as { owner?: string; repo?: string }
  const { actor } = callerOf(core, request.headers.authorization)
  const repo = findRepo(core.state, owner, name.replace(/\.git$/, ''))
  const level = repo ? permissionOf(core.state, repo, actor) : null
  // Nobody in particular is asked who they are before they learn whether there is something.
  if (!actor && (level === null || writes)) throw new Refusal(401, 'Authentication required')
  if (!repo || level === null) throw new Refusal(404, 'Repository not found.')
  if (writes && repo.archived) throw new Refusal(403, 'This repository was archived so it is read-only.')
  if (writes && actor && !atLeast(grantedPermission(core.state, repo, actor), 'push'))
    throw new Refusal(403, pushDenied(repo, actor.login))
  return { repo, actor }
}

function backend(
  core: Core,
  repo: Repo,
  actor: Account | null,
  service: string,
  query: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const header = (name: string): string => String(request.headers[name] ?? '')
  const variables: Record<string, string> = {
    GIT_PROJECT_ROOT: join(core.dataDir, 'git'),
    GIT_HTTP_EXPORT_ALL: '1',
    GIT_PROTOCOL: header('git-protocol'),
    PATH_INFO: `/${repo.id}.git/${service}`,
    QUERY_STRING: query,
    REQUEST_METHOD: request.method ?? 'GET',
    CONTENT_TYPE: header('content-type'),
    HTTP_CONTENT_ENCODING: header('content-encoding'),
    REMOTE_USER: actor?.login ?? '',
    REMOTE_ADDR: request.socket.remoteAddress ?? '',
    ...(request.headers['content-length'] ? { CONTENT_LENGTH: request.headers['content-length'] } : {}),
  }
  return new Promise((resolve, reject) => {
    const child = startGit(core.dataDir, ['http-backend'], variables)
    let head: Buffer | undefined = Buffer.alloc(0)
    child.on('error', reject)
    child.stdin.on('error', () => {}) // git may have read enough
    request.pipe(child.stdin)
    response.on('close', () => child.kill())
    child.stderr.on('data', (chunk: Buffer) => core.log.debug({ git: chunk.toString('utf8').trim() }, 'http-backend'))
    child.stdout.on('data', (chunk: Buffer) => {
      if (head) {
        head = Buffer.concat([head, chunk])
        const end = head.indexOf('\r\n\r\n')
        if (end === -1) return
        writeHead(response, head.subarray(0, end).toString('latin1'))
        const rest = head.subarray(end + 4)
        head = undefined
        if (rest.length > 0) response.write(rest)
      } else if (!response.write(chunk)) {
        child.stdout.pause()
        response.once('drain', () => child.stdout.resume())
      }
    })
    child.on('close', (code) => {
      if (head && !response.headersSent) reject(new Error(`git http-backend ended with ${code} and no answer`))
      else resolve()
    })
  })
}

/** The head of a CGI answer: header lines, of which `Status` is the status. */
function writeHead(response: ServerResponse, text: string): void {
  const lines = text.split('\r\n').map((line): [string, string] => {
    const colon = line.indexOf(':')
    return [line.slice(0, colon).trim(), line.slice(colon + 1).trim()]
  })
  const status = Number(lines.find(([name]) => name.toLowerCase() === 'status')?.[1].split(' ')[0] ?? 200)
  response.writeHead(status, Object.fromEntries(lines.filter(([name]) => name.toLowerCase() !== 'status')))
}
