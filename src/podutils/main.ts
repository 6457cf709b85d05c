#!/usr/bin/env node
// main.ts <utility> [args]: starts one pod utility. Loads only what that one needs, since every test waits for it. `warm` loads all
// of them, for the compile cache.
import { fileURLToPath } from 'node:url'
import { systemClock } from '../system/clock.ts'
import { keepCompiledCode } from '../system/compile-cache.ts'
import { exit, machine } from '../system/process.ts'
import { onEndSignal } from '../system/signals.ts'
import type { Utility, World } from './world.ts'

keepCompiledCode()

const utilities: Readonly<Record<string, () => Promise<Utility>>> = {
  clonerefs: async () => (await import('./clonerefs/clonerefs.ts')).clonerefs,
  initupload: async () => (await import('./initupload.ts')).initupload,
  entrypoint: async () => (await import('./entrypoint/entrypoint.ts')).entrypoint,
  sidecar: async () => (await import('./sidecar/sidecar.ts')).sidecar,
  gcsupload: async () => (await import('./gcsupload.ts')).gcsupload,
}

const world: World = {
  env: machine.env,
  onEndSignal,
  stdout: (content) => written(machine.stdout, content),
  stderr: (content) => written(machine.stderr, content),
  clock: systemClock,
  program: [machine.execPath, fileURLToPath(import.meta.url)],
  storage: async (bucket) => (await import('../storage/open.ts')).openStorage(() => [bucket]),
  fetch: (...request) => fetch(...request),
}

const [name = '', ...args] = machine.args
if (name === 'warm') {
  await Promise.all([...Object.values(utilities).map((load) => load()), import('../storage/open.ts')])
  exit(0)
}
const load = Object.hasOwn(utilities, name) ? utilities[name] : undefined
if (load === undefined) {
  await world.stderr(`usage: main.ts <${Object.keys(utilities).join('|')}> [flags]\n`)
  exit(2)
}
exit((await (await load())(world, args)) & 0xff)

// A stream that is gone (a closed pipe) must not end the program that only wanted to tell something.
function written(stream: NodeJS.WritableStream, content: string | Uint8Array): Promise<void> {
  return new Promise((resolve) => stream.write(content, () => resolve()))
}
