// The thread that reads and builds configurations: one question, one answer.
import { parentPort, workerData } from 'node:worker_threads'
import { keepCompiledCode } from '../../system/compile-cache.ts'
import type { ConfigPaths } from '../files.ts'
import type { Question } from './reloader.ts'

keepCompiledCode()
const { reloader } = await import('./reloader.ts')
const read = reloader(workerData as ConfigPaths)
parentPort?.on('message', (question: Question) => parentPort?.postMessage(read(question)))
