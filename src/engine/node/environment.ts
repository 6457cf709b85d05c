// A container's environment from its env and envFrom, in the kubelet's order and with its messages.
import type { EnvVar } from 'kubernetes-types/core/v1.js'
import type { ConfigMap, Container, Pod, Secret } from '../../api/kubernetes.ts'
import { expand } from './expand.ts'
import { fieldValue, type NodeFacts, resourceValue } from './fields.ts'

/** ConfigMaps and Secrets of the Pod's namespace by name; what does not exist is absent. */
export interface References {
  readonly configMaps: ReadonlyMap<string, ConfigMap>
  readonly secrets: ReadonlyMap<string, Secret>
}

/** Names of the objects that something refers to. */
export interface Needed {
  readonly configMaps: ReadonlySet<string>
  readonly secrets: ReadonlySet<string>
}

/** Which objects a container's environment refers to. */
export function neededByEnvironment(container: Container): Needed {
  const configMaps = new Set<string>()
  const secrets = new Set<string>()
  for (const { configMapRef, secretRef } of container.envFrom ?? []) {
    if (configMapRef?.name) configMaps.add(configMapRef.name)
    if (secretRef?.name) secrets.add(secretRef.name)
  }
  for (const { valueFrom } of container.env ?? []) {
    if (valueFrom?.configMapKeyRef?.name) configMaps.add(valueFrom.configMapKeyRef.name)
    if (valueFrom?.secretKeyRef?.name) secrets.add(valueFrom.secretKeyRef.name)
  }
  return { configMaps, secrets }
}

export type Environment = { readonly env: Readonly<Record<string, string>> } | { readonly problem: string }

/**
 * The environment of a container. A later variable wins over an earlier one, env wins over envFrom, and `$(VAR)` sees only
 * variables of env that come before. A problem names the missing object or key; it may go away when that appears.
 */
export function environmentOf(container: Container, pod: Pod, references: References, node: NodeFacts): Environment {
  const env: Record<string, string> = {}
  for (const { prefix = '', configMapRef, secretRef } of container.envFrom ?? []) {
    if (configMapRef) {
      const found = references.configMaps.get(configMapRef.name ?? '')
      if (found) for (const [key, value] of Object.entries(found.data ?? {})) env[prefix + key] = value
      else if (!configMapRef.optional) return { problem: `configmap "${configMapRef.name}" not found` }
    }
    if (secretRef) {
      const found = references.secrets.get(secretRef.name ?? '')
      if (found) for (const [key, value] of Object.entries(found.data ?? {})) env[prefix + key] = decoded(value)
      else if (!secretRef.optional) return { problem: `secret "${secretRef.name}" not found` }
    }
  }
  const declared = new Map<string, string>()
  for (const variable of container.env ?? []) {
    const one = variable.value
      ? { value: expand(variable.value, (name) => declared.get(name)) }
      : valueFrom(variable, container, pod, references, node)
    if ('problem' in one) return one
    if (one.value !== undefined) declared.set(variable.name, one.value)
  }
  return { env: { ...env, ...Object.fromEntries(declared) } }
}

function valueFrom(
  { valueFrom }: EnvVar,
  container: Container,
  pod: Pod,
  { configMaps, secrets }: References,
  node: NodeFacts,
): { value: string | undefined } | { problem: string } {
  const namespace = pod.metadata?.namespace ?? ''
  if (valueFrom?.fieldRef) {
    const value = fieldValue(valueFrom.fieldRef, pod, node)
    return value === undefined ? { problem: `unsupported fieldPath: ${valueFrom.fieldRef.fieldPath}` } : { value }
  }
  if (valueFrom?.resourceFieldRef) {
    const value = resourceValue(valueFrom.resourceFieldRef, pod, container, node)
    return value === undefined
      ? { problem: `unsupported container resource : ${valueFrom.resourceFieldRef.resource}` }
      : { value }
  }
  if (valueFrom?.configMapKeyRef) {
    const { name = '', key, optional } = valueFrom.configMapKeyRef
    const map = configMaps.get(name)
    const value = map?.data?.[key]
    if (value !== undefined || optional) return { value }
    if (!map) return { problem: `configmap "${name}" not found` }
    return { problem: `couldn't find key ${key} in ConfigMap ${namespace}/${name}` }
  }
  if (valueFrom?.secretKeyRef) {
    const { name = '', key, optional } = valueFrom.secretKeyRef
    const secret = secrets.get(name)
    const value = secret?.data?.[key]
    if (value !== undefined || optional) return { value: value === undefined ? undefined : decoded(value) }
    if (!secret) return { problem: `secret "${name}" not found` }
    return { problem: `couldn't find key ${key} in Secret ${namespace}/${name}` }
  }
  return { value: '' }
}

const decoded = (base64: string) => Buffer.from(base64, 'base64').toString('utf8')
