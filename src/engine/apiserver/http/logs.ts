// GET pods/NAME/log: which container, which part of its log, and the reading of it.
import { milliseconds } from '../../../api/time.ts'
import { pods } from '../kinds/builtin.ts'
import { type ApiObject, isJson, jsonAt, listAt, textAt } from '../object.ts'
import type { ServerContext } from '../server-context.ts'
import { badRequest, unavailable } from '../status.ts'
import { mustGet, parseRow } from '../write.ts'
import { type Call, drained, flagParam, numberParam } from './call.ts'

/** A log that somebody wants to read. The container exists and has run. */
export interface LogRequest {
  readonly namespace: string
  readonly name: string
  readonly uid: string
  readonly container: string
  /** Go on as the log grows, until the container ends. */
  readonly follow: boolean
  /** Only so many lines from the end. */
  readonly tailLines?: number
  /** Each line starts with the time it was written. */
  readonly timestamps: boolean
  /** Nothing written before this time; milliseconds since the epoch. */
  readonly since?: number
  readonly limitBytes?: number
  /** Aborts when the client leaves. */
  readonly signal: AbortSignal
}

/** Reads logs: the part of the node that the API server needs. */
export type ReadLogs = (request: LogRequest) => AsyncIterable<Uint8Array>

/** The container that a log request means, or a 400 that says why there is no log. */
export function containerFor(pod: ApiObject, asked: string | null, previous: boolean): string {
  const podName = pod.metadata.name
  const names = (list: string) => listAt(pod, `spec.${list}`).map((container) => textAt(container, 'name'))
  const own = names('containers')
  const init = names('initContainers')
  const [only] = own
  if (!asked && (own.length !== 1 || only === undefined)) {
    const others = init.length > 0 ? ` or one of the init containers: [${init.join(' ')}]` : ''
    throw badRequest(
      `a container name must be specified for pod ${podName}, choose one of: [${own.join(' ')}]${others}`,
    )
  }
  const name = asked || only || ''
  if (![...own, ...init].includes(name)) throw badRequest(`container ${name} is not valid for pod ${podName}`)
  if (previous) {
    throw badRequest(
      `previous terminated container ${JSON.stringify(name)} in pod ${JSON.stringify(podName)} not found: only the logs of the current containers are kept`,
    )
  }
  const status = [...listAt(pod, 'status.containerStatuses'), ...listAt(pod, 'status.initContainerStatuses')].find(
    (one) => one.name === name,
  )
  const state = jsonAt(status, 'state')
  const started = isJson(state.running) || isJson(state.terminated) || isJson(jsonAt(status, 'lastState').terminated)
  if (!started) {
    const why =
      textAt(state, 'waiting.reason') ||
      (textAt(pod, 'spec.nodeName') ? 'ContainerCreating' : 'the pod is not scheduled yet')
    throw badRequest(`container ${JSON.stringify(name)} in pod ${JSON.stringify(podName)} is waiting to start: ${why}`)
  }
  return name
}

/** Streams a log as plain text. */
export async function streamLog(
  { store, logs, log, stopped, clock }: ServerContext,
  call: Call,
  namespace: string,
  name: string,
): Promise<void> {
  const { res, query } = call
  const pod = parseRow(mustGet(store, pods, namespace, name))
  const container = containerFor(pod, query.get('container'), flagParam(call, 'previous'))
  if (!logs) throw unavailable('this API server has no node that could read logs')
  const left = new AbortController()
  res.on('close', () => left.abort())
  const limitBytes = numberParam(call, 'limitBytes')
  if (limitBytes === 0) throw badRequest('limitBytes must be greater than 0')
  const tailLines = numberParam(call, 'tailLines')
  const since = sinceParam(call, clock.now())
  const chunks = logs({
    namespace,
    name,
    uid: pod.metadata.uid ?? '',
    container,
    follow: flagParam(call, 'follow'),
    timestamps: flagParam(call, 'timestamps'),
    ...(tailLines === undefined ? {} : { tailLines }),
    ...(since === undefined ? {} : { since }),
    ...(limitBytes === undefined ? {} : { limitBytes }),
    signal: AbortSignal.any([left.signal, stopped]),
  })
  const start = () => {
    if (res.headersSent) return
    res.writeHead(200, { 'content-type': 'text/plain', 'cache-control': 'no-cache, private' })
    // A follower learns at once that it is connected, also when the container says nothing for an hour.
    res.flushHeaders()
  }
  if (flagParam(call, 'follow')) start()
  try {
    for await (const chunk of chunks) {
      start()
      res.write(chunk)
      await drained(res)
      if (res.destroyed) return
    }
  } catch (error) {
    if (left.signal.aborted) return
    if (stopped.aborted) {
      res.end()
      return
    }
    if (!res.headersSent) throw error
    log.warn({ err: error, namespace, name, container }, 'a log broke off')
    res.destroy()
    return
  }
  start()
  res.end()
}

/** Both ways to say since when, as milliseconds since the epoch. */
function sinceParam(call: Call, now: number): number | undefined {
  const seconds = numberParam(call, 'sinceSeconds')
  const text = call.query.get('sinceTime') ?? ''
  if (seconds !== undefined && text !== '')
    throw badRequest('at most one of `sinceTime` or `sinceSeconds` may be specified')
  if (seconds === 0) throw badRequest('sinceSeconds must be greater than 0')
  if (seconds !== undefined) return now - seconds * 1000
  if (text === '') return undefined
  const time = milliseconds(text)
  if (time === undefined)
    throw badRequest(`invalid query parameter sinceTime=${JSON.stringify(text)}: must be RFC 3339`)
  return time
}
