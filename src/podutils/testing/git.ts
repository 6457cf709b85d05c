// Real repositories for tests of cloning, from a folder or over HTTP with a password.
import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'

export interface TestRepo {
  readonly dir: string
  git(...args: string[]): string
  /** Commits files and returns the SHA. */
  commit(message: string, files: Record<string, string>): string
}

/** A repository on branch `master` whose commits have the same identity and time wherever they are made. */
export function testRepo(dir: string): TestRepo {
  mkdirSync(dir, { recursive: true })
  const date = '2022-05-19T12:34:56+00:00'
  const git = (...args: string[]) =>
    execFileSync('git', args, {
      cwd: dir,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: '/usr/local/bin:/usr/bin:/bin',
        HOME: dir,
        GIT_AUTHOR_NAME: 'abc',
        GIT_AUTHOR_EMAIL: 'd@e.f',
        GIT_AUTHOR_DATE: date,
        GIT_COMMITTER_NAME: 'abc',
        GIT_COMMITTER_EMAIL: 'd@e.f',
        GIT_COMMITTER_DATE: date,
      },
    }).trim()
  git('init', '-q', '-b', 'master')
  return {
    dir,
    git,
    commit(message, files) {
      for (const [name, content] of Object.entries(files)) {
        mkdirSync(dirname(join(dir, name)), { recursive: true })
        writeFileSync(join(dir, name), content)
      }
      git('add', '-A')
      git('commit', '-q', '-m', message)
      return git('rev-parse', 'HEAD')
    },
  }
}

/** Serves the repositories in a folder over HTTP to whoever knows the password. */
export async function gitServer(folder: string, authorization: string) {
  const seen: string[] = []
  const server = createServer((request, response) => {
    seen.push(request.headers.authorization ?? '')
    if (request.headers.authorization !== authorization) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="test"' }).end()
      return
    }
    const url = new URL(request.url ?? '', 'http://localhost')
    const backend = spawn('git', ['http-backend'], {
      env: {
        PATH: '/usr/local/bin:/usr/bin:/bin',
        GIT_PROJECT_ROOT: folder,
        GIT_HTTP_EXPORT_ALL: '1',
        GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
        PATH_INFO: url.pathname,
        QUERY_STRING: url.search.slice(1),
        REQUEST_METHOD: request.method ?? '',
        CONTENT_TYPE: request.headers['content-type'] ?? '',
        HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
        // Where git looks for upload-pack's settings: what is cloned by SHA has to be allowed.
        GIT_CONFIG_COUNT: '2',
        GIT_CONFIG_KEY_0: 'uploadpack.allowAnySHA1InWant',
        GIT_CONFIG_VALUE_0: 'true',
        GIT_CONFIG_KEY_1: 'uploadpack.allowFilter',
        GIT_CONFIG_VALUE_1: 'true',
      },
    })
    request.pipe(backend.stdin)
    const chunks: Buffer[] = []
    backend.stdout.on('data', (chunk) => chunks.push(chunk))
    backend.on('close', () => {
      const answer = Buffer.concat(chunks)
      const end = answer.indexOf('\r\n\r\n')
      const headers = answer.subarray(0, end).toString().split('\r\n')
      for (const header of headers) {
        const colon = header.indexOf(':')
        if (header.startsWith('Status:')) response.statusCode = Number.parseInt(header.slice(7), 10)
        else response.setHeader(header.slice(0, colon), header.slice(colon + 1).trim())
      }
      response.end(answer.subarray(end + 4))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** Authorization headers, in order. */
    seen,
    close: () => new Promise((resolve) => server.close(resolve)),
  }
}
