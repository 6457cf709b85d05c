// The declaration of a plugin: what is refused, and the version of the contract.
import { expect, test } from 'vitest'
import { re2 } from '../config/re2.ts'
import { contractVersion, plugin } from './plugin.ts'

const base = { name: 'p', about: 'a' }
const command = { usage: '/p', who: 'w', examples: ['/p'], forms: { p: re2`^/p$` } }
const run = async () => {}

test.each<[why: string, declare: () => unknown, message: string]>([
  ['does nothing', () => plugin(base), 'has neither "run" nor handlers'],
  ['hears nothing', () => plugin({ ...base, run, commands: [command] }), '"run" needs "on"'],
  ['has no forms', () => plugin({ ...base, run, on: 'comment created' }), 'a command with forms'],
  [
    'is for another contract',
    () => plugin({ ...base, contract: 99, handlers: {} }),
    `written for version 99 of the plugin contract, and this Bowsprit has version ${contractVersion}`,
  ],
])('a plugin that %s is refused', (_why, declare, message) => expect(declare).toThrow(message))

test('the version for which it was written is kept', () => {
  expect(plugin({ ...base, contract: 1, handlers: {} }).contract).toBe(1)
  expect(plugin({ ...base, handlers: {} }).contract).toBeUndefined()
})
