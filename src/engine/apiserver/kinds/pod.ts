// Pods: what the server fills in at creation, checks, and lets change later.
import { isDeepStrictEqual } from 'node:util'
import { nameProblem } from '../meta.ts'
import { type ApiObject, type Json, jsonAt, listAt, textAt } from '../object.ts'
import { type Cause, duplicate, forbiddenField, invalidValue, notSupported, required } from '../status.ts'
import { amountOf } from './amount.ts'
import type { Rules } from './kind.ts'

const mutable =
  'spec.containers[*].image, spec.initContainers[*].image, spec.activeDeadlineSeconds, spec.terminationGracePeriodSeconds (only it may be set to 1 if it was negative), spec.tolerations (only additions to existing tolerations) and spec.nodeName (only while it is empty)'

/** The rules of pods. */
export const podRules: Rules = {
  forCreate: (pod) => {
    const spec = completeSpec(jsonAt(pod, 'spec'))
    return { ...pod, spec, status: { phase: 'Pending', qosClass: qosClass(spec) } }
  },
  forUpdate: (pod) => ({ ...pod, spec: completeSpec(jsonAt(pod, 'spec')) }),
  validate: (pod) => validateSpec(jsonAt(pod, 'spec')),
  validateUpdate: (pod, old) => {
    if (isDeepStrictEqual(frozen(pod, old), frozen(old, old))) return []
    return [forbiddenField('spec', `pod updates may not change fields other than ${mutable}`)]
  },
  // Whoever has no node, and whoever has ended, has nothing left to stop.
  graceSeconds(pod, asked) {
    if (!textAt(pod, 'spec.nodeName') || isTerminal(pod)) return 0
    const own = jsonAt(pod, 'spec').terminationGracePeriodSeconds
    const grace = asked ?? (typeof own === 'number' ? own : 30)
    return grace < 0 ? 1 : grace
  },
}

const isTerminal = (pod: ApiObject) => ['Succeeded', 'Failed'].includes(textAt(pod, 'status.phase'))

// Fills in what depends on other fields; constant defaults stand in the schema.
function completeSpec(spec: Json): Json {
  const account = spec.serviceAccountName || spec.serviceAccount || 'default'
  return {
    ...spec,
    containers: listAt(spec, 'containers').map(completeContainer),
    ...(spec.initContainers === undefined
      ? {}
      : { initContainers: listAt(spec, 'initContainers').map(completeContainer) }),
    serviceAccountName: account,
    serviceAccount: account,
  }
}

function completeContainer(container: Json): Json {
  const limits = jsonAt(container, 'resources.limits')
  const requests = { ...limits, ...jsonAt(container, 'resources.requests') }
  const resources = jsonAt(container, 'resources')
  return {
    ...container,
    imagePullPolicy: container.imagePullPolicy ?? pullPolicy(textAt(container, 'image')),
    resources: Object.keys(requests).length > 0 ? { ...resources, requests } : resources,
  }
}

function pullPolicy(image: string): string {
  const [name, digest] = image.split('@')
  const tag = /:([^:/]+)$/.exec(name ?? '')?.[1]
  return digest === undefined && (tag === undefined || tag === 'latest') ? 'Always' : 'IfNotPresent'
}

/** Quality of service, which follows from requests and limits of cpu and memory. */
function qosClass(spec: Json): string {
  const containers = [...listAt(spec, 'containers'), ...listAt(spec, 'initContainers')]
  let any = false
  let all = true
  for (const container of containers) {
    for (const resource of ['cpu', 'memory']) {
      const request = amountOf(jsonAt(container, 'resources.requests')[resource])
      const limit = amountOf(jsonAt(container, 'resources.limits')[resource])
      if (request || limit) any = true
      if (!limit || request !== limit) all = false
    }
  }
  if (!any) return 'BestEffort'
  return all ? 'Guaranteed' : 'Burstable'
}

function validateSpec(spec: Json): readonly Cause[] {
  const causes: Cause[] = []
  const check = (value: unknown, field: string, allowed: readonly string[]) => {
    if (value !== undefined && !allowed.includes(String(value))) causes.push(notSupported(field, value, allowed))
  }
  const volumes = new Set<unknown>()
  for (const [index, volume] of listAt(spec, 'volumes').entries()) {
    causes.push(...checkName(volume.name, `spec.volumes[${index}].name`, volumes))
  }
  const names = new Set<unknown>()
  if (listAt(spec, 'containers').length === 0) causes.push(required('spec.containers'))
  for (const list of ['initContainers', 'containers']) {
    for (const [index, container] of listAt(spec, list).entries()) {
      const path = `spec.${list}[${index}]`
      causes.push(...checkName(container.name, `${path}.name`, names), ...validateContainer(container, path, volumes))
      check(container.imagePullPolicy, `${path}.imagePullPolicy`, ['Always', 'IfNotPresent', 'Never'])
      check(container.terminationMessagePolicy, `${path}.terminationMessagePolicy`, ['FallbackToLogsOnError', 'File'])
    }
  }
  check(spec.restartPolicy, 'spec.restartPolicy', ['Always', 'OnFailure', 'Never'])
  check(spec.dnsPolicy, 'spec.dnsPolicy', ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'])
  if (typeof spec.activeDeadlineSeconds === 'number' && spec.activeDeadlineSeconds < 1) {
    causes.push(invalidValue('spec.activeDeadlineSeconds', spec.activeDeadlineSeconds, 'must be greater than 0'))
  }
  if (typeof spec.terminationGracePeriodSeconds === 'number' && spec.terminationGracePeriodSeconds < 0) {
    causes.push(
      invalidValue(
        'spec.terminationGracePeriodSeconds',
        spec.terminationGracePeriodSeconds,
        'must be greater than or equal to 0',
      ),
    )
  }
  return causes
}

function checkName(name: unknown, field: string, seen: Set<unknown>): readonly Cause[] {
  if (typeof name !== 'string' || name === '') return [required(field)]
  const problem = nameProblem(name, 'label')
  if (problem) return [invalidValue(field, name, problem)]
  if (seen.has(name)) return [duplicate(field, name)]
  seen.add(name)
  return []
}

function validateContainer(container: Json, path: string, volumes: ReadonlySet<unknown>): readonly Cause[] {
  const causes: Cause[] = []
  if (!container.image) causes.push(required(`${path}.image`))
  else if (textAt(container, 'image').trim() !== container.image) {
    causes.push(invalidValue(`${path}.image`, container.image, 'must not have leading or trailing whitespace'))
  }
  for (const [index, variable] of listAt(container, 'env').entries()) {
    if (!variable.name) causes.push(required(`${path}.env[${index}].name`))
  }
  const mountPaths = new Set<unknown>()
  for (const [index, mount] of listAt(container, 'volumeMounts').entries()) {
    const at = `${path}.volumeMounts[${index}]`
    if (!mount.name) causes.push(required(`${at}.name`))
    else if (!volumes.has(mount.name)) {
      causes.push({
        reason: 'FieldValueNotFound',
        message: `Not found: ${JSON.stringify(mount.name)}`,
        field: `${at}.name`,
      })
    }
    if (!mount.mountPath) causes.push(required(`${at}.mountPath`))
    else if (mountPaths.has(mount.mountPath))
      causes.push(invalidValue(`${at}.mountPath`, mount.mountPath, 'must be unique'))
    mountPaths.add(mount.mountPath)
  }
  for (const [index, { containerPort }] of listAt(container, 'ports').entries()) {
    if (typeof containerPort !== 'number' || containerPort < 1 || containerPort > 65535) {
      causes.push(
        invalidValue(`${path}.ports[${index}].containerPort`, containerPort, 'must be between 1 and 65535, inclusive'),
      )
    }
  }
  return [...causes, ...validateResources(container, path)]
}

function validateResources(container: Json, path: string): readonly Cause[] {
  const causes: Cause[] = []
  const limits = jsonAt(container, 'resources.limits')
  for (const kind of ['limits', 'requests']) {
    for (const [resource, quantity] of Object.entries(jsonAt(container, `resources.${kind}`))) {
      const field = `${path}.resources.${kind}[${resource}]`
      const amount = amountOf(quantity)
      const limit = amountOf(limits[resource])
      if (amount === undefined)
        causes.push(invalidValue(field, quantity, 'quantities must match a number with an optional unit like m, k, Ki'))
      else if (amount < 0) causes.push(invalidValue(field, quantity, 'must be greater than or equal to 0'))
      else if (kind === 'requests' && limit !== undefined && amount > limit) {
        causes.push(
          invalidValue(
            field,
            quantity,
            `must be less than or equal to ${resource} limit of ${String(limits[resource])}`,
          ),
        )
      }
    }
  }
  return causes
}

// The part of a pod's spec that may not change, with what may change taken from `like`.
function frozen(pod: ApiObject, like: ApiObject): Json {
  const spec = jsonAt(pod, 'spec')
  const withImagesOf = (list: string) => {
    const images = new Map(listAt(like, `spec.${list}`).map((container) => [container.name, container.image]))
    return listAt(spec, list).map((container) => ({
      ...container,
      image: images.get(container.name) ?? container.image,
    }))
  }
  const { activeDeadlineSeconds: _a, terminationGracePeriodSeconds: _b, tolerations: _c, nodeName, ...rest } = spec
  return {
    ...rest,
    containers: withImagesOf('containers'),
    initContainers: withImagesOf('initContainers'),
    nodeName: textAt(like, 'spec.nodeName') ? nodeName : undefined,
  }
}
