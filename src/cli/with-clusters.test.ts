// What runs on clusters is started anew when the kubeconfig changes, and keeps what it has when the change is no good.
import { pino } from 'pino'
import { Registry } from 'prom-client'
import { afterEach, expect, test } from 'vitest'
import { clustersOf } from '../kube/clusters.ts'
import { systemIds } from '../system/ids.ts'
import { testClock } from '../testing/clock.ts'
import { memoryKube } from '../testing/memory-kube.ts'
import { untilAborted } from '../up/supervise.ts'
import { withClusters } from './with-clusters.ts'

const ends: AbortController[] = []
afterEach(() => {
  for (const end of ends.splice(0)) end.abort()
})

function scene() {
  const clock = testClock()
  const end = new AbortController()
  ends.push(end)
  let file = 'one'
  const events: string[] = []
  const run = () =>
    withClusters({
      state: async () => file,
      open: async () => {
        const name = file
        if (name === 'broken') throw new Error('broken kubeconfig')
        events.push(`opened ${name}`)
        return {
          clusters: clustersOf(memoryKube({ clock, cluster: name })),
          close: async () => void events.push(`closed ${name}`),
        }
      },
      parts: ({ infrastructure }) => [
        {
          name: 'worker',
          async run({ signal, ready }) {
            events.push(`works on ${infrastructure.cluster}`)
            ready()
            await untilAborted(signal)
            events.push(`left ${infrastructure.cluster}`)
          },
        },
      ],
    }).run({
      clock,
      ids: systemIds,
      log: pino({ enabled: false }),
      metrics: new Registry(),
      signal: end.signal,
      ready: () => void events.push('ready'),
    })
  const write = (text: string) => {
    file = text
  }
  return { clock, end, events, run, write }
}

test('a change of the files moves the work over', async () => {
  const { clock, end, events, run, write } = scene()
  const done = run()
  await clock.advance('1m')
  expect(events.splice(0)).toEqual(['opened one', 'works on one', 'ready'])
  write('two')
  await clock.advance('5s')
  expect(events.splice(0)).toEqual(['opened two', 'left one', 'closed one', 'works on two', 'ready'])
  await clock.advance('1m')
  expect(events).toEqual([])
  end.abort()
  await done
  expect(events).toEqual(['left two', 'closed two'])
})

test('files that cannot be used change nothing, until they can', async () => {
  const { clock, events, run, write } = scene()
  void run()
  await clock.advance('1s')
  events.splice(0)
  write('broken')
  await clock.advance('1m')
  expect(events).toEqual([])
  write('two')
  await clock.advance('5s')
  expect(events).toContain('works on two')
})

test('files that cannot be used at the start are an error', async () => {
  const { run, write } = scene()
  write('broken')
  await expect(run()).rejects.toThrow('broken kubeconfig')
})
