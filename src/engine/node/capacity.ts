// Which Pods may run: the resources they ask for against those of the node, first come, first served.
import type { Container, Pod } from '../../api/kubernetes.ts'
import { quantityNumber } from '../../config/quantities.ts'
import { formatBytes, formatCpu } from './amounts.ts'

/** What the node has: cores, bytes of memory, number of Pods at a time; other names for extended resources. */
export interface Capacity {
  readonly cpu: number
  readonly memory: number
  readonly pods: number
  readonly [extended: string]: number
}

export type Amounts = Readonly<Record<string, number>>

// Nobody measures these here, so nobody is refused for them.
const unmetered = /^(ephemeral-storage|hugepages-.*|storage)$/

/**
 * What a Pod asks for: its containers together, or its largest init container if that is more. Native sidecars count with
 * the containers and with the init containers after them. A limit without a request is a request.
 */
export function requestsOf(pod: Pod): Amounts {
  const { containers = [], initContainers = [], overhead = {} } = pod.spec ?? {}
  let sidecars: Amounts = {}
  let most: Amounts = {}
  for (const container of initContainers) {
    const own = askedBy(container)
    most = combine(most, combine(own, sidecars, sum), Math.max)
    if (container.restartPolicy === 'Always') sidecars = combine(sidecars, own, sum)
  }
  let together = sidecars
  for (const container of containers) together = combine(together, askedBy(container), sum)
  const extra = Object.fromEntries(Object.entries(overhead).map(([name, text]) => [name, quantityNumber(text)]))
  return { ...combine(combine(together, most, Math.max), extra, sum), pods: 1 }
}

function askedBy({ resources = {} }: Container): Amounts {
  const amounts: Record<string, number> = {}
  for (const [name, text] of Object.entries({ ...resources.limits, ...resources.requests })) {
    if (!unmetered.test(name)) amounts[name] = quantityNumber(text)
  }
  return amounts
}

const sum = (a: number, b: number) => a + b

function combine(a: Amounts, b: Amounts, how: (a: number, b: number) => number): Amounts {
  const all: Record<string, number> = {}
  for (const name of new Set([...Object.keys(a), ...Object.keys(b)])) all[name] = how(a[name] ?? 0, b[name] ?? 0)
  return all
}

/** A Pod that has to wait, and why, in the words of a Kubernetes scheduler. */
export interface Waiting {
  readonly pod: Pod
  readonly message: string
}

/** What to start now, and what waits. */
export interface Admission {
  readonly start: readonly Pod[]
  readonly waiting: readonly Waiting[]
}

/**
 * Decides which of the unassigned Pods get room. Strictly in order of creation: nobody overtakes, so that a large Pod is not
 * starved by small ones. Only a Pod that is larger than the whole node does not hold up those behind it.
 */
export function admit(unassigned: readonly Pod[], running: readonly Pod[], capacity: Capacity): Admission {
  let used: Amounts = {}
  for (const pod of running) used = combine(used, requestsOf(pod), sum)
  const start: Pod[] = []
  const waiting: Waiting[] = []
  let queued = 0
  for (const pod of [...unassigned].sort(byAge)) {
    const asks = requestsOf(pod)
    const never = lacking(asks, {}, capacity)
    if (never.length > 0) {
      waiting.push({ pod, message: `${unavailable(never)} The node is too small for this pod.` })
      continue
    }
    const now = lacking(asks, used, capacity)
    if (queued === 0 && now.length === 0) {
      start.push(pod)
      used = combine(used, asks, sum)
      continue
    }
    waiting.push({ pod, message: queued === 0 ? `${unavailable(now)} Next in the queue.` : behind(queued, now) })
    queued++
  }
  return { start, waiting }
}

interface Lack {
  readonly name: string
  readonly asked: number
  readonly free: number
  readonly total: number
}

// Sums of decimal fractions leave dust; a thousandth of a milli-core is nothing.
const dust = 1e-6

function lacking(asks: Amounts, used: Amounts, capacity: Capacity): Lack[] {
  return Object.entries(asks)
    .map(([name, asked]) => {
      const total = capacity[name] ?? 0
      return { name, asked, total, free: Math.max(0, total - (used[name] ?? 0)) }
    })
    .filter(({ asked, free }) => asked > free + dust)
}

const unavailable = (lacks: readonly Lack[]) =>
  `0/1 nodes are available: ${lacks
    .map((lack) =>
      lack.name === 'pods'
        ? `1 Too many pods (${lack.total} at a time)`
        : `1 Insufficient ${lack.name} (asks for ${amount(lack.name, lack.asked)}, ${amount(lack.name, lack.free)} of ${amount(lack.name, lack.total)} free)`,
    )
    .join(', ')}.`

// The numbers of free resources stay out: they change all the time, and each change would be a write for every Pod in the queue.
function behind(queued: number, lacks: readonly Lack[]): string {
  const reasons = lacks.map(({ name }) => (name === 'pods' ? '1 Too many pods' : `1 Insufficient ${name}`))
  return `0/1 nodes are available: ${reasons.join(', ') || '1 is taken by earlier pods'}. ${position(queued)} in the queue.`
}

// Exact where it matters to somebody who waits, rounded where it would only cause writes.
function position(ahead: number): string {
  if (ahead === 1) return '1 pod is ahead'
  if (ahead <= 10) return `${ahead} pods are ahead`
  const step = ahead <= 100 ? 10 : 100
  return `More than ${Math.floor((ahead - 1) / step) * step} pods are ahead`
}

function amount(name: string, value: number): string {
  if (name === 'cpu') return formatCpu(value)
  return name === 'memory' ? formatBytes(value) : String(value)
}

function byAge(a: Pod, b: Pod): number {
  return key(a) < key(b) ? -1 : 1
}

const key = ({ metadata }: Pod) => `${metadata?.creationTimestamp ?? ''} ${metadata?.namespace}/${metadata?.name}`
