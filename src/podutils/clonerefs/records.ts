// Clone records for people (clone-log.txt) and without secrets.
import type { CloneCommand, CloneRecord } from '../../api/pod-utilities.ts'
import { formatDurationNs } from '../../config/durations.ts'

/** The record as text, as it stands in clone-log.txt. */
export function formatRecord({ refs, commands, failed, final_sha, duration }: CloneRecord): string {
  const runtime = (ns: number) => formatDurationNs(BigInt(Math.round(ns)))
  const title = refs.repo ? `# Cloning ${refs.org}/${refs.repo} at ${refs.base_ref ?? ''}` : 'Environment setup'
  const pulls = refs.pulls ?? []
  return [
    failed ? '# FAILED\n' : '',
    `${title}${refs.base_sha ? `(${refs.base_sha})` : ''}\n`,
    pulls.length > 0 ? '# Checking out pulls:\n' : '',
    ...pulls.map(({ number, sha }) => `#\t${number}${sha ? `(${sha})` : ''}\n`),
    ...commands.map(({ command, output = '', error, duration }) =>
      [
        `$ ${command}${duration ? ` (runtime: ${runtime(duration)})` : ''}\n`,
        output,
        error ? `# Error: ${error}\n` : '',
      ].join(''),
    ),
    final_sha ? `# Final SHA: ${final_sha}\n` : '',
    duration ? `# Total runtime: ${runtime(duration)}\n` : '',
  ].join('')
}

/** The same command with every secret replaced by as many X. */
export function withoutSecrets(command: CloneCommand, secrets: readonly string[]): CloneCommand {
  const clean = (text: string) =>
    secrets.filter(Boolean).reduce((rest, secret) => rest.replaceAll(secret, 'X'.repeat(secret.length)), text)
  const { output, error } = command
  return {
    ...command,
    command: clean(command.command),
    ...(output ? { output: clean(output) } : {}),
    ...(error ? { error: clean(error) } : {}),
  }
}
