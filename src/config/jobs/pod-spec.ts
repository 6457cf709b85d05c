// PodSpecs as jobs have them: kept as they are, with the few normalisations that a typed reader would make.
import type { Container, PodSpec } from '../../api/kubernetes.ts'
import { configErrors } from '../errors.ts'
import { asMap, type Field, list, mapOf, quantity, text, typeName } from '../fields.ts'
import type { Report } from '../report.ts'
import type { Path } from '../yaml.ts'

const texts = list(text({ about: '' }), { about: '' })
const quantities = mapOf(quantity({ about: '' }), { about: '' })

/** A PodSpec. Texts that were written as numbers become texts, quantities canonical; other fields stay as they are. */
export const podSpec: Field<PodSpec, false> = {
  type: 'PodSpec',
  about: 'The Pod to run, as Kubernetes knows it.',
  optional: false,
  absent: () => ({ containers: [] }),
  read: (value, path, report) => {
    const spec = mapAt(value, path, report)
    return {
      ...spec,
      containers: containers(spec.containers, [...path, 'containers'], report),
      ...(spec.initContainers != null && {
        initContainers: containers(spec.initContainers, [...path, 'initContainers'], report),
      }),
      ...lists(spec, ['volumes', 'tolerations', 'imagePullSecrets', 'hostAliases'], path, report),
    }
  },
}

function containers(value: unknown, path: Path, report: Report): Container[] {
  if (value === undefined || value === null) return []
  return maps(value, path, report).map((container, index) => {
    const at = [...path, index]
    const read = <T>(key: string, field: Field<T>) =>
      container[key] == null ? {} : { [key]: field.read(container[key], [...at, key], report) }
    return {
      ...container,
      name: container.name == null ? '' : text({ about: '' }).read(container.name, [...at, 'name'], report),
      ...read('command', texts),
      ...read('args', texts),
      ...read('env', envVars),
      ...(container.resources != null && {
        resources: resources(container.resources, [...at, 'resources'], report),
      }),
      ...lists(container, ['envFrom', 'volumeMounts', 'ports'], at, report),
    } as Container
  })
}

type EnvVar = NonNullable<Container['env']>[number]

/** Environment variables. */
export const envVars: Field<EnvVar[], false> = {
  type: 'list of environment variables',
  about: 'Variables, as Kubernetes knows them.',
  optional: false,
  absent: () => [],
  read: (value, path, report) =>
    maps(value, path, report).map((variable, index) => {
      const read = (key: string) => text({ about: '' }).read(variable[key], [...path, index, key], report)
      return {
        ...variable,
        name: variable.name == null ? '' : read('name'),
        ...(variable.value != null && { value: read('value') }),
      }
    }),
}

/** A list of maps of Kubernetes' API that are not looked into. */
export const kubeList = <T extends object>(about: string): Field<T[], false> => ({
  type: 'list of maps',
  about,
  optional: false,
  absent: () => [],
  read: (value, path, report) => maps(value, path, report) as T[],
})

function resources(value: unknown, path: Path, report: Report): object {
  const map = mapAt(value, path, report)
  const read = (key: string) => (map[key] == null ? {} : { [key]: quantities.read(map[key], [...path, key], report) })
  return { ...map, ...read('limits'), ...read('requests') }
}

function lists(map: Readonly<Record<string, unknown>>, keys: readonly string[], path: Path, report: Report): object {
  const given = keys.filter((key) => map[key] != null)
  return Object.fromEntries(given.map((key) => [key, maps(map[key], [...path, key], report)]))
}

function maps(value: unknown, path: Path, report: Report): Readonly<Record<string, unknown>>[] {
  if (!Array.isArray(value)) {
    report.error(path, configErrors.TYPE({ wants: 'a list', got: typeName(value) }))
    return []
  }
  return value.map((item, index) => (item === null ? {} : mapAt(item, [...path, index], report)))
}

function mapAt(value: unknown, path: Path, report: Report): Readonly<Record<string, unknown>> {
  const map = asMap(value)
  if (map === undefined) report.error(path, configErrors.TYPE({ wants: 'a map', got: typeName(value) }))
  return map ?? {}
}
