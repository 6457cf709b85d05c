// Presets: parts of a Pod that jobs get by their labels.
import { isDeepStrictEqual } from 'node:util'
import type { PodSpec } from '../../api/kubernetes.ts'
import type { Preset } from './fields.ts'

/** Whether a preset is for a job: all its labels are the job's too. A preset without labels is for every job. */
export function presetApplies(preset: Preset, labels: Readonly<Record<string, string>>): boolean {
  // Every preset is held against every job: lists of entries would be most of the work.
  for (const key in preset.labels) if (labels[key] !== preset.labels[key]) return false
  return true
}

/** The spec with a preset merged in, or why it cannot be: a name is taken. The given spec is not changed. */
export function withPreset(spec: PodSpec, preset: Preset): PodSpec | { readonly conflict: string } {
  const { env = [], volumes = [], volumeMounts = [], tolerations = [] } = preset
  for (const container of spec.containers) {
    const variable = env.find(({ name }) => container.env?.some((own) => own.name === name))
    if (variable) return { conflict: `variable ${variable.name} is already set` }
    const mount = volumeMounts.find(({ name }) => container.volumeMounts?.some((own) => own.name === name))
    if (mount) return { conflict: `volume ${mount.name} is already mounted` }
  }
  const volume = volumes.find(({ name }) => spec.volumes?.some((own) => own.name === name))
  if (volume) return { conflict: `volume ${volume.name} already exists` }
  const toleration = tolerations.find((each) => spec.tolerations?.some((own) => isDeepStrictEqual(own, each)))
  if (toleration) return { conflict: `toleration ${JSON.stringify(toleration)} already exists` }
  return {
    ...spec,
    containers: spec.containers.map((container) => ({
      ...container,
      ...(env.length > 0 && { env: [...(container.env ?? []), ...env] }),
      ...(volumeMounts.length > 0 && { volumeMounts: [...(container.volumeMounts ?? []), ...volumeMounts] }),
    })),
    ...(volumes.length > 0 && { volumes: [...(spec.volumes ?? []), ...volumes] }),
    ...(tolerations.length > 0 && { tolerations: [...(spec.tolerations ?? []), ...tolerations] }),
  }
}

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
