// A client of a running `bowsprit up`, by the kubeconfig that it wrote.
import { readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { load } from 'js-yaml'
import { type HttpKube, httpKube } from '../kube/http.ts'
import { systemClock } from '../system/clock.ts'
import { systemIds } from '../system/ids.ts'

interface Kubeconfig {
  clusters: { cluster: { server: string; 'certificate-authority-data': string } }[]
  users: { user: { token: string } }[]
}

/** @param path Of the kubeconfig file. */
export async function kubeOf(path: string): Promise<HttpKube> {
  const { clusters, users } = load(await readFile(path, 'utf8')) as Kubeconfig
  const { server, 'certificate-authority-data': ca } = clusters[0]?.cluster ?? {
    server: '',
    'certificate-authority-data': '',
  }
  const access = {
    headers: { authorization: `Bearer ${users[0]?.user.token ?? ''}` },
    tls: { ca: Buffer.from(ca, 'base64').toString() },
  }
  return httpKube({ cluster: dirname(path), server, access: () => access, clock: systemClock, ids: systemIds })
}
