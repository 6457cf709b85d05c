// Certificates: kept while they are good, replaced when not; and the token beside them.
import { X509Certificate } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { holdsToken, kubeconfigFor } from './access.ts'
import { loadCertificates, renewBeforeMs } from './tls.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'bowsprit-tls-'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

const hosts = ['localhost', '127.0.0.1', '::1']
const start = Date.UTC(2026, 0, 1)
const endOf = (pem: string) => new X509Certificate(pem).validToDate.getTime()

test('issued by an authority of its own, for its hosts', async () => {
  const { cert, ca } = await loadCertificates(dir, hosts, start)
  const server = new X509Certificate(cert)
  const authority = new X509Certificate(ca)
  expect([server.verify(authority.publicKey), server.ca, authority.ca]).toEqual([true, false, true])
  expect([
    server.checkHost('localhost'),
    server.checkIP('127.0.0.1'),
    server.checkIP('::1'),
    server.checkHost('example.com'),
  ]).toEqual(['localhost', '127.0.0.1', '::1', undefined])
})

test('kept while they are good', async () => {
  const first = await loadCertificates(dir, hosts, start)
  expect(await loadCertificates(dir, hosts, start + 1000)).toEqual(first)
})

test('a new host needs a new certificate, not a new authority', async () => {
  const first = await loadCertificates(dir, hosts, start)
  const second = await loadCertificates(dir, [...hosts, 'ci.example.com'], start)
  expect(second.ca).toBe(first.ca)
  expect(new X509Certificate(second.cert).checkHost('ci.example.com')).toBe('ci.example.com')
})

test('renewed before they end', async () => {
  const first = await loadCertificates(dir, hosts, start)
  const late = endOf(first.cert) - renewBeforeMs + 1000
  const second = await loadCertificates(dir, hosts, late)
  expect(endOf(second.cert)).toBeGreaterThan(late + renewBeforeMs)
  expect(new X509Certificate(second.cert).verify(new X509Certificate(second.ca).publicKey)).toBe(true)
})

test('a broken file is named', async () => {
  await loadCertificates(dir, hosts, start)
  await writeFile(join(dir, 'server.pem'), 'x\n-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n')
  await expect(loadCertificates(dir, hosts, start)).rejects.toThrow(
    `cannot read the certificate ${join(dir, 'server.pem')}`,
  )
})

test.each<[header: string | undefined, may: boolean]>([
  ['Bearer secret', true],
  ['bearer  secret ', true],
  ['Bearer secre', false],
  ['Bearer secret2', false],
  ['Basic secret', false],
  ['secret', false],
  ['Bearer ', false],
  [undefined, false],
])('Authorization: %s', (header, may) => {
  expect(holdsToken('secret')(header)).toBe(may)
})

test('the kubeconfig names one context, with everything in it', () => {
  const config = kubeconfigFor('https://127.0.0.1:1', 'PEM', 'secret')
  const [context] = config.contexts
  expect([config['current-context'], context?.context.cluster, context?.context.user]).toEqual([
    'bowsprit',
    config.clusters[0]?.name,
    config.users[0]?.name,
  ])
  expect(config.clusters[0]?.cluster).toEqual({ server: 'https://127.0.0.1:1', 'certificate-authority-data': 'UEVN' })
})
