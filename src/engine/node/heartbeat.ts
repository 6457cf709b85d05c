// The Node object: what this machine has, and every ten seconds that the node is alive.
import type { Logger } from 'pino'
import { type Node, nodes } from '../../api/kubernetes.ts'
import type { Kube } from '../../kube/client.ts'
import { type Clock, every } from '../../system/clock.ts'
import { formatCpu } from './amounts.ts'
import type { Capacity } from './capacity.ts'
import { rfc3339 } from './pod-status.ts'

/** What the Node object tells of the machine. */
interface Machine {
  readonly hostname: string
  /** As Node.js names them. */
  readonly platform: string
  readonly arch: string
  readonly kernel: string
  readonly version: string
  /** Name of the runtime and how it isolates. */
  readonly runtime: string
}

interface HeartbeatOptions {
  readonly kube: Kube
  readonly name: string
  readonly capacity: Capacity
  readonly machine: Machine
  readonly clock: Clock
  readonly log: Logger
  readonly signal: AbortSignal
}

const periodMs = 10_000

/** Keeps the Node object until the signal aborts. */
export async function heartbeat(options: HeartbeatOptions): Promise<void> {
  const { kube, name, clock, log, signal } = options
  let failing = false
  for await (const now of every(clock, () => periodMs, signal)) {
    try {
      await beat(kube, name, nodeObject(options, now))
      failing = false
    } catch (err) {
      if (signal.aborted) return
      log[failing ? 'debug' : 'warn']({ err }, 'could not write the state of the node')
      failing = true
    }
  }
}

async function beat(kube: Kube, name: string, node: Node): Promise<void> {
  const known = await kube.get(nodes, { name })
  if (!known) await kube.create(nodes, node)
  const since = known?.status?.conditions?.find(({ type }) => type === 'Ready')?.lastTransitionTime
  const conditions = node.status?.conditions?.map((one) => (since ? { ...one, lastTransitionTime: since } : one))
  const merge = { status: { ...node.status, conditions } }
  await kube.patch(nodes, { name }, { merge }, { subresource: 'status' })
}

/** The Node object at a time. Pure. */
function nodeObject({ name, capacity, machine }: HeartbeatOptions, now: number): Node {
  const { cpu, memory, pods, ...extended } = capacity
  const amounts = {
    cpu: formatCpu(cpu),
    memory: `${Math.floor(memory / 1024)}Ki`,
    pods: String(pods),
    ...Object.fromEntries(Object.entries(extended).map(([resource, amount]) => [resource, String(amount)])),
  }
  const arch = machine.arch === 'x64' ? 'amd64' : machine.arch
  const time = rfc3339(now)
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: {
        'kubernetes.io/hostname': machine.hostname,
        'kubernetes.io/os': machine.platform,
        'kubernetes.io/arch': arch,
      },
    },
    status: {
      capacity: amounts,
      allocatable: amounts,
      addresses: [
        { type: 'InternalIP', address: '127.0.0.1' },
        { type: 'Hostname', address: machine.hostname },
      ],
      conditions: [
        {
          type: 'Ready',
          status: 'True',
          reason: 'KubeletReady',
          message: 'the node runs pods',
          lastHeartbeatTime: time,
          lastTransitionTime: time,
        },
      ],
      nodeInfo: {
        architecture: arch,
        operatingSystem: machine.platform,
        kernelVersion: machine.kernel,
        osImage: machine.platform,
        kubeletVersion: `bowsprit-${machine.version}`,
        kubeProxyVersion: '',
        containerRuntimeVersion: machine.runtime,
        machineID: '',
        systemUUID: '',
        bootID: '',
      },
    },
  }
}
