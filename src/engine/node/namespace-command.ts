// The command line that puts a container's command into namespaces of its own. Pure.
import { resolve } from 'node:path'
import type { Tools } from './isolation.ts'
import type { User } from './runtime.ts'

/**
 * Descriptors of the set-up. It reports on its standard error; the container's own streams come in higher up, so that no
 * word of the set-up gets into the container's log. `environment` is only there for `withExactEnvironment`.
 */
export const descriptors = { report: 2, stdout: 3, stderr: 4, environment: 5 } as const
/** What the set-up says at its end, right before the container's command takes over. */
export const readyMark = '\0ready\n'

export interface NamespaceCommand {
  readonly tools: Tools
  /** The node is root. */
  readonly privileged: boolean
  /** Ids of the node's own process. */
  readonly own: { readonly uid: number; readonly gid: number }
  readonly fstab: string
  readonly root: string
  /** In the container. */
  readonly workingDir: string
  readonly user: User
  readonly argv: readonly string[]
}

// What root keeps in a container: what Docker's has, without devices. Not among it is what would make the walls paper (mounting,
// tracing, modules) or reach the machine's network, clock and kernel.
const keptCapabilities = [
  ...['chown', 'dac_override', 'fowner', 'fsetid', 'kill', 'setgid', 'setuid', 'setpcap', 'setfcap'],
  ...['net_bind_service', 'net_raw', 'sys_chroot', 'audit_write'],
]

/**
 * Program and arguments. The container's command becomes process 1 of a PID namespace, so that its end is the end of all its
 * descendants. Everything before it (a handful of short programs, 10 ms) reports on its standard error.
 */
export function namespaceCommand(command: NamespaceCommand): { file: string; args: string[] } {
  const { tools, privileged, fstab, root, workingDir, argv } = command
  const user = privileged ? [] : ['--user', '--map-root-user']
  const script = setUp(tools, lastStep(command))
  return {
    file: tools.unshare,
    args: [...user, '--mount', '--pid', '/bin/sh', '-c', script, 'set-up', fstab, root, workingDir, ...argv],
  }
}

// $1 fstab, $2 root, $3 working directory, then the command. The part in brackets is the first process of the PID namespace;
// the shell around it waits and passes its end on as 128 + signal, which unshare --fork of util-linux 2.38 does not. The old root
// goes to /tmp for a moment, since a place has to be there already in a tree that is read-only.
function setUp({ mount, umount, pivotRoot }: Tools, lastStep: readonly string[]): string {
  return `(
${quote(mount)} -a -T "$1" && cd "$2" && ${quote(pivotRoot)} . tmp && cd / && ${quote(umount)} -l /tmp && \
${quote(mount)} -o remount,bind,ro / && cd "$3" || exit 1
shift 3
command -v "$1" >/dev/null || { echo "exec: \\"$1\\": executable file not found in PATH" >&2; exit 1; }
unset OLDPWD
printf '\\0ready\\n' >&2
exec 1>&3 2>&4 3>&- 4>&- ${lastStep.map(quote).join(' ')} "$@"
)
exit $?`
}

// Takes back what was only needed for the set-up.
function lastStep({ tools, privileged, own, user }: NamespaceCommand): string[] {
  if (!privileged) {
    // In a second user namespace the command has its own ids again, and no say over the mounts of the first.
    return [tools.unshare, '--user', `--map-user=${own.uid}`, `--map-group=${own.gid}`]
  }
  const { uid, gid = uid, groups = [] } = user
  const ids = [
    ...(uid === undefined ? [] : [`--reuid=${uid}`]),
    ...(gid === undefined ? [] : [`--regid=${gid}`]),
    ...(groups.length > 0 ? [`--groups=${groups.join(',')}`] : gid === undefined ? [] : ['--clear-groups']),
  ]
  const kept = ['-all', ...keptCapabilities.map((name) => `+${name}`)].join(',')
  return [tools.setpriv, ...ids, '--inh-caps=-all', `--bounding-set=${kept}`]
}

const quote = (text: string) => `'${text.replaceAll("'", "'\\''")}'`

// Variables that change what the programs of the set-up do. These run before the container's walls stand, so it is not the
// container's to decide.
const forContainerOnly =
  /^(?:LD_|DYLD_|GLIBC_TUNABLES$|BASH_ENV$|ENV$|IFS$|PS4$|SHELLOPTS$|BASHOPTS$|LIBMOUNT_|POSIXLY_CORRECT$)/

/**
 * Whether the programs of the set-up may get these variables, and hand them on: a shell drops names that are not identifiers, which
 * Kubernetes allows.
 */
export function shellKeeps(env: Readonly<Record<string, string>>): boolean {
  return Object.keys(env).every((name) => /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !forContainerOnly.test(name))
}

const execWithEnvironment = resolve(import.meta.dirname, '../../system/exec-with-environment.ts')

/** Command that takes its environment from a descriptor (JSON), for environments that the set-up must not have. */
export function withExactEnvironment(nodeProgram: string, tools: Tools, argv: readonly string[]): string[] {
  return [nodeProgram, execWithEnvironment, String(descriptors.environment), tools.env, ...argv]
}
