// The server's certificate, issued by a certificate authority of its own, kept in the data directory.
import { X509Certificate } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { join } from 'node:path'
import { generate } from 'selfsigned'

/** What a TLS server needs, and the authority that its clients trust. All PEM. */
export interface Certificates {
  readonly key: string
  readonly cert: string
  readonly ca: string
}

const dayMs = 24 * 60 * 60 * 1000
const authorityDays = 3650
const serverDays = 3650
/** A certificate is replaced when it ends within this time. */
export const renewBeforeMs = 30 * dayMs
// Fixed, so that a machine whose clock was ahead when it first started can use the certificate after it was put right.
const validFrom = Date.UTC(2020, 0, 1)

/**
 * Reads the certificates of a data directory. What is missing or about to end, or was issued for other hosts, is issued
 * anew; as long as the authority lasts, clients need not learn anything new.
 */
export async function loadCertificates(dir: string, hosts: readonly string[], nowMs: number): Promise<Certificates> {
  await mkdir(dir, { recursive: true, mode: 0o700 })
  const authority = (await readPair(dir, 'ca', nowMs)) ?? (await savePair(dir, 'ca', await issueAuthority(nowMs)))
  const kept = await readPair(dir, 'server', nowMs)
  const fits =
    kept &&
    isFor(kept.cert, hosts) &&
    new X509Certificate(kept.cert).verify(new X509Certificate(authority.cert).publicKey)
  const server = fits ? kept : await savePair(dir, 'server', await issueServer(authority, hosts, nowMs))
  return { ...server, ca: authority.cert }
}

interface Pair {
  readonly key: string
  readonly cert: string
}

async function readPair(dir: string, name: string, nowMs: number): Promise<Pair | undefined> {
  try {
    // Both in one file, so that they cannot come apart.
    const text = await readFile(join(dir, `${name}.pem`), 'utf8')
    const [key, cert] = text.split(/(?=-----BEGIN CERTIFICATE-----)/)
    if (!key || !cert) return undefined
    return new X509Certificate(cert).validToDate.getTime() - nowMs > renewBeforeMs ? { key, cert } : undefined
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw new Error(`cannot read the certificate ${join(dir, `${name}.pem`)}; delete it to have a new one issued`, {
      cause: error,
    })
  }
}

async function savePair(dir: string, name: string, issued: Pair): Promise<Pair> {
  const pair = { key: `${issued.key.trimEnd()}\n`, cert: `${issued.cert.trimEnd()}\n` }
  const path = join(dir, `${name}.pem`)
  await writeFile(`${path}.new`, pair.key + pair.cert, { mode: 0o600 })
  await rename(`${path}.new`, path)
  return pair
}

const lasting = (days: number, nowMs: number) => ({
  notBeforeDate: new Date(validFrom),
  notAfterDate: new Date(Math.max(nowMs, validFrom) + days * dayMs),
  keyType: 'ec' as const,
  curve: 'P-256' as const,
  algorithm: 'sha256',
})

async function issueAuthority(nowMs: number): Promise<Pair> {
  const made = await generate([{ name: 'commonName', value: 'Bowsprit API server authority' }], {
    ...lasting(authorityDays, nowMs),
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  })
  return { key: made.private, cert: made.cert }
}

async function issueServer(ca: Pair, hosts: readonly string[], nowMs: number): Promise<Pair> {
  const made = await generate([{ name: 'commonName', value: 'Bowsprit API server' }], {
    ...lasting(serverDays, nowMs),
    ca,
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: hosts.map((host) =>
          isIP(host) ? { type: 7 as const, ip: host } : { type: 2 as const, value: host },
        ),
      },
    ],
  })
  return { key: made.private, cert: made.cert }
}

function isFor(cert: string, hosts: readonly string[]): boolean {
  const certificate = new X509Certificate(cert)
  return hosts.every((host) => (isIP(host) ? certificate.checkIP(host) : certificate.checkHost(host)) !== undefined)
}
