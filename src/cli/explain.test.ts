// Errors of the machine in words that say which flag to change.
import { expect, test } from 'vitest'
import { explain } from './explain.ts'

const failed = (code: string, more: object) => Object.assign(new Error(`listen ${code}`), { code, ...more })
const values = { 'deck-port': 8080, 'hook-port': 8888, 'api-port': 8080, 'max-pods': 8888, host: '127.0.0.1' }

test.each([
  [
    'a taken port',
    failed('EADDRINUSE', { port: 8888, address: '127.0.0.1' }),
    'port 8888 of 127.0.0.1 is taken by another program: stop that, or choose another port with --hook-port',
  ],
  ['a port of two flags', failed('EADDRINUSE', { port: 8080, address: '::1' }), 'with --deck-port or --api-port'],
  ['a low port', failed('EACCES', { port: 80, address: '0.0.0.0' }), 'choose one from 1024 on'],
  ['an address of another machine', failed('EADDRNOTAVAIL', { address: '192.0.2.1' }), '--host'],
  ['a file that may not be read', failed('EACCES', {}), 'listen EACCES'],
  ['anything else', new Error('as it is'), 'as it is'],
  ['what is no error', 'text', 'text'],
  ['texts of others', new Error('config.yaml: "\u001b[2J"\nand \u202e more'), 'config.yaml: " [2J"\nand   more'],
])('%s', (_what, error, want) => expect(explain(error, values)).toContain(want))
