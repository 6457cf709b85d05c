// URLs as Go parses them, one row per rule.
import { expect, test } from 'vitest'
import { goUrlError } from './go-url.ts'

test.each([
  '',
  'a b/c',
  'org/repo',
  '/x:y',
  './a:b',
  'https://github.com/o/r.git',
  'gs://b/x//y',
  'my-host.x:o/r',
  'github.com:o/r',
  'http://host:80/a b',
  'http://[::1]:80/',
  'file:///x',
  'http://us:er@host/%20',
  'mailto:a%',
  'http://host:/',
])('%j passes', (text) => expect(goUrlError(text)).toBeUndefined())

test.each([
  'http://a b/c',
  '://x',
  'my_host:o/r',
  'http://host:port/',
  'http://[::1/',
  'http://[::1]x/',
  '%zz',
  'http://h/%a',
  'a\tb',
  'http://h{}/',
  'http://%41/',
  'http://us er@h/',
])('%j does not', (text) => expect(goUrlError(text)).toEqual(expect.any(String)))
