// A container of the user, wrapped by entrypoint: its output, exit code and time limit are looked after.
import type { Container } from '../../api/kubernetes.ts'
import type { EntrypointOptions, WrapperOptions } from '../../api/pod-utilities.ts'
import type { DecorationConfig } from '../../api/prowjob.ts'
import { parseDurationNs } from '../../config/durations.ts'
import { goJson } from '../go-json.ts'
import { artifacts, code, logs, tools } from './places.ts'

/** What entrypoint and sidecar have to agree on; `alone` when it is the only container of the user. */
export function wrapperOptions(container: Container, alone: boolean): WrapperOptions {
  const prefix = alone ? '' : `${container.name}-`
  const args = [...(container.command ?? []), ...(container.args ?? [])]
  return {
    ...(args.length > 0 && { args }),
    container_name: container.name,
    process_log: `/logs/${alone ? 'process' : container.name}-log.txt`,
    marker_file: `/logs/${alone ? 'marker-file' : `${container.name}-marker`}.txt`,
    metadata_file: `${artifacts}/${prefix}metadata.json`,
  }
}

/**
 * The container as it runs. ENTRYPOINT_OPTIONS stays the last variable: Kubernetes expands `$(NAME)` only for variables
 * listed earlier, and the user's command lies in it. `workingDir` is set when code is cloned.
 */
export function wrapped(
  container: Container,
  wrapper: WrapperOptions,
  config: DecorationConfig,
  workingDir: string | undefined,
): Container {
  const options: EntrypointOptions = {
    timeout: nanoseconds(config.timeout),
    grace_period: nanoseconds(config.grace_period),
    artifact_dir: artifacts,
    ...wrapper,
  }
  const { args: _moved, ...rest } = container
  return {
    ...rest,
    command: ['/tools/entrypoint'],
    env: [...(container.env ?? []), { name: 'ENTRYPOINT_OPTIONS', value: goJson(options) }],
    volumeMounts: [
      ...(container.volumeMounts ?? []),
      logs.mount,
      tools.mount,
      ...(workingDir === undefined ? [] : [code.mount]),
    ],
    ...(workingDir !== undefined && { workingDir }),
  }
}

const nanoseconds = (duration: string | undefined): number =>
  duration === undefined ? 0 : Number(parseDurationNs(duration))
