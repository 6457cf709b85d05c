// Presets: parts of a Pod that jobs get by their labels.
import type { PodSpec } from '../../api/kubernetes.ts'
import type { Preset } from './fields.ts'

/** Whether a preset is for a job: all its labels are the job's too. A preset without labels is for every job. */
export function presetApplies(preset: Preset, labels: Readonly<Record<string, string>>): boolean {
  // Every preset is held against every job: lists of entries would be most of the work.
  for (const key in preset.labels) if (labels[key] !== preset.labels[key]) return false
  return true
}

/**
 * The spec with presets merged in, one after the other. What cannot be merged, because its name is taken, is left out; `conflict` gets
 * the first such name of a preset. The given spec is not changed, and items are not copied.
 */
export function withPresets(
  spec: PodSpec,
  presets: readonly Preset[],
  conflict: (preset: Preset, why: string) => void,
): PodSpec {
  if (presets.length === 0) return spec
  const containers = spec.containers.map((container) => ({
    container,
    env: growing(container.env, nameOf),
    volumeMounts: growing(container.volumeMounts, nameOf),
  }))
  const volumes = growing(spec.volumes, nameOf)
  const tolerations = growing(spec.tolerations, contentOf)
  for (const preset of presets) {
    const taken = [
      ...containers.flatMap(({ env, volumeMounts }) => [
        ...env.add(preset.env).map(({ name }) => `variable ${name} is already set`),
        ...volumeMounts.add(preset.volumeMounts).map(({ name }) => `volume ${name} is already mounted`),
      ]),
      ...volumes.add(preset.volumes).map(({ name }) => `volume ${name} already exists`),
      ...tolerations.add(preset.tolerations).map((each) => `toleration ${JSON.stringify(each)} already exists`),
    ]
    if (taken[0] !== undefined) conflict(preset, taken[0])
  }
  return {
    ...spec,
    containers: containers.map(({ container, env, volumeMounts }) => ({
      ...container,
      ...(env.grown() && { env: env.items }),
      ...(volumeMounts.grown() && { volumeMounts: volumeMounts.items }),
    })),
    ...(volumes.grown() && { volumes: volumes.items }),
    ...(tolerations.grown() && { tolerations: tolerations.items }),
  }
}

const nameOf = ({ name }: { readonly name: string }): string => name

/** Equal for equal values, in whatever order their keys stand. */
const contentOf = (value: object): string => JSON.stringify(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))

/** A list that takes further items as long as their keys are new. */
function growing<T>(given: readonly T[] = [], keyOf: (item: T) => string) {
  const items = [...given]
  const keys = new Set(given.map(keyOf))
  return {
    items,
    grown: () => items.length > given.length,
    /** Adds items; gives those that are not new. */
    add: (more: readonly T[] = []): readonly T[] =>
      more.filter((item) => {
        const key = keyOf(item)
        if (keys.has(key)) return true
        keys.add(key)
        items.push(item)
        return false
      }),
  }
}

/** How many values presets add to a spec. */
export const addedBy = (spec: PodSpec, { env, volumes, volumeMounts, tolerations }: Preset): number =>
  (count(env) + count(volumeMounts)) * spec.containers.length + count(volumes) + count(tolerations)

const count = (list: readonly unknown[] = []): number => list.length

/** Pairs `label: value` that stand in more than one preset. */
export function repeatedPairs(
  presets: readonly Preset[],
): readonly { readonly index: number; readonly pair: string }[] {
  const seen = new Set<string>()
  return presets.flatMap((preset, index) =>
    Object.entries(preset.labels).flatMap(([key, value]) => {
      const pair = `${key}: ${value}`
      if (seen.has(pair)) return [{ index, pair }]
      seen.add(pair)
      return []
    }),
  )
}
