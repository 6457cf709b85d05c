// The seam between the node and what runs containers: a runtime takes one container that is ready to go and answers for its processes.
import type { Readable } from 'node:stream'
import type { Exit } from './exit.ts'
import type { ProcessId } from './pod-run.ts'

/** A directory or file of this machine that a container sees at a path. */
export interface Mount {
  /** Absolute path in the container. */
  readonly path: string
  /** Absolute path on this machine; exists. */
  readonly source: string
  readonly kind: 'dir' | 'file'
  readonly readOnly: boolean
}

/** Whom a container runs as. Only a node that runs as root can choose. */
export interface User {
  readonly uid?: number
  readonly gid?: number
  readonly groups?: readonly number[]
}

/** One attempt of one container, resolved: no references are left in it. */
export interface Launch {
  /** Directory of the container for the runtime's own use; exists, survives until the Pod's object is gone. */
  readonly dir: string
  readonly image: string
  /** Empty when the image's own entrypoint is meant. */
  readonly command: readonly string[]
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly workingDir?: string
  readonly mounts: readonly Mount[]
  readonly user: User
  /** Called as soon as there is something to kill, before anything else can happen. */
  readonly spawned: (process: ProcessId) => void
}

/** A container whose command runs. */
export interface Running {
  readonly stdout: Readable
  readonly stderr: Readable
  /** Resolves when the first process has ended and nothing of the container is left. Never rejects. */
  readonly exited: Promise<Exit>
  /** Asks the first process to end (SIGTERM). */
  terminate(): void
  /** Ends everything of the container at once. */
  kill(): void
}

/** Why a container could not be started, in the words of its status. */
export interface Refusal {
  /** E.g. `CreateContainerError`, `StartError`. */
  readonly reason: string
  readonly message: string
}

/** Something that runs containers. */
export interface Runtime {
  /** Scheme of container ids, e.g. `process`. */
  readonly name: string
  /** Starts a container. A refusal will not go away by trying again. */
  launch(launch: Launch): Promise<Running | { readonly refused: Refusal }>
  /** Ends what an earlier process of this node has left running of a Pod. Never touches processes of anything else. */
  endLeftovers(left: {
    readonly uid: string
    readonly dir: string
    readonly processes: readonly ProcessId[]
  }): Promise<void>
}
