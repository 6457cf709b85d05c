// Who may use the server: holders of its token. And the kubeconfig that lets kubectl be one.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { dump } from 'js-yaml'

/** Reads the token of a data directory, making it at the first start. */
export async function loadToken(dataDir: string): Promise<string> {
  const path = join(dataDir, 'token')
  try {
    const token = (await readFile(path, 'utf8')).trim()
    if (token) return token
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
  }
  const token = randomBytes(32).toString('base64url')
  await writePrivate(path, `${token}\n`)
  return token
}

/** Whether an Authorization header carries the token. Takes the same time however much of it is right. */
export function holdsToken(token: string): (authorization: string | undefined) => boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  const expected = digest(token)
  return (authorization) => {
    const given = /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1] ?? ''
    return timingSafeEqual(digest(given), expected)
  }
}

/** A kubeconfig with one cluster, one user and one context. */
export function kubeconfigFor(url: string, ca: string, token: string) {
  const name = 'bowsprit'
  return {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { server: url, 'certificate-authority-data': Buffer.from(ca).toString('base64') } }],
    users: [{ name, user: { token } }],
    contexts: [{ name, context: { cluster: name, user: name, namespace: 'default' } }],
    'current-context': name,
  }
}

/** Writes the kubeconfig for kubectl, readable by its owner only. Returns its path. */
export async function writeKubeconfig(dataDir: string, kubeconfig: object): Promise<string> {
  const path = join(dataDir, 'kubeconfig')
  await writePrivate(path, dump(kubeconfig))
  return path
}

async function writePrivate(path: string, text: string): Promise<void> {
  await writeFile(`${path}.new`, text, { mode: 0o600 })
  await rename(`${path}.new`, path)
}
