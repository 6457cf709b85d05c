// Runs of one job have the same Pod and decoration, runs for one commit the same refs: in memory they share one copy.
import type { KubeObject } from '../api/kubernetes.ts'
import type { ProwJob } from '../api/prowjob.ts'
import { withoutManagedFields } from '../kube/informer.ts'

const parts = ['pod_spec', 'decoration_config', 'prowjob_defaults', 'refs', 'extra_refs'] as const
// More different ones than that are hardly repeated any more.
const most = 5000

/** A function that gives back objects without what nobody reads, and ProwJobs with parts that are shared among all it has seen lately. */
export function partSharing(): <T extends KubeObject>(object: T) => T {
  const known = new Map<string, unknown>()
  function same(part: unknown): unknown {
    const text = JSON.stringify(part)
    const found = known.get(text)
    if (found !== undefined) return found
    if (known.size >= most) known.clear()
    known.set(text, part)
    return part
  }
  return (object) => {
    const kept = withoutManagedFields(object)
    if (!isProwJob(kept)) return kept
    const { spec } = kept
    const shared = parts.filter((part) => spec[part] !== undefined).map((part) => [part, same(spec[part])])
    return { ...kept, spec: { ...spec, ...Object.fromEntries(shared) } }
  }
}

// The API server accepts one without a spec.
const isProwJob = (object: KubeObject): object is ProwJob => object.kind === 'ProwJob' && 'spec' in object
