// Fetches the ConfigMaps and Secrets that a Pod refers to.
import { configMaps, type KubeObject, type Resource, secrets } from '../../api/kubernetes.ts'
import type { Kube } from '../../kube/client.ts'
import type { Needed, References } from './environment.ts'

/** What exists of all that is needed. */
export async function fetchReferences(kube: Kube, namespace: string, needed: readonly Needed[]): Promise<References> {
  const all = async <T extends KubeObject>(resource: Resource<T>, sets: readonly ReadonlySet<string>[]) => {
    const found = new Map<string, T>()
    const names = [...new Set(sets.flatMap((set) => [...set]))]
    await Promise.all(
      names.map(async (name) => {
        const object = await kube.get(resource, { namespace, name })
        if (object) found.set(name, object)
      }),
    )
    return found
  }
  const [foundMaps, foundSecrets] = await Promise.all([
    all(
      configMaps,
      needed.map((one) => one.configMaps),
    ),
    all(
      secrets,
      needed.map((one) => one.secrets),
    ),
  ])
  return { configMaps: foundMaps, secrets: foundSecrets }
}
