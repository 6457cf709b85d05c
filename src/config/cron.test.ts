// The dialect of cron expressions: what is read, what is refused, and when it fires.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isSchedule, parseCron } from './cron.ts'

const start = Date.parse('2026-01-02T03:04:05Z') // a Friday
function fires(text: string, count = 3, from = start): string[] {
  const schedule = parseCron(text)
  if (!isSchedule(schedule)) throw new Error(schedule.error)
  const seen: string[] = []
  for (let at: number | undefined = from; seen.length < count; ) {
    at = schedule.next(at)
    if (at === undefined) break
    seen.push(new Date(at).toISOString().replace(':00.000Z', '').replace('.000Z', ''))
  }
  return seen
}

describe('fires', () => {
  test.each([
    ['* * * * *', ['2026-01-02T03:05', '2026-01-02T03:06', '2026-01-02T03:07']],
    ['30 * * * *', ['2026-01-02T03:30', '2026-01-02T04:30', '2026-01-02T05:30']],
    ['*/20 5-6 * * *', ['2026-01-02T05:00', '2026-01-02T05:20', '2026-01-02T05:40']],
    ['50/5 * * * *', ['2026-01-02T03:50', '2026-01-02T03:55', '2026-01-02T04:50']],
    ['10,20-21 0 * * *', ['2026-01-03T00:10', '2026-01-03T00:20', '2026-01-03T00:21']],
    ['0 0 ? * ?', ['2026-01-03T00:00', '2026-01-04T00:00', '2026-01-05T00:00']],
    ['15 30 4 * * *', ['2026-01-02T04:30:15', '2026-01-03T04:30:15', '2026-01-04T04:30:15']],
    ['0 0 1 FEB,Mar *', ['2026-02-01T00:00', '2026-03-01T00:00', '2027-02-01T00:00']],
    ['0 0 * * Mon-wed', ['2026-01-05T00:00', '2026-01-06T00:00', '2026-01-07T00:00']],
    ['0 0 * * 0', ['2026-01-04T00:00', '2026-01-11T00:00', '2026-01-18T00:00']],
    // Both kinds of days restricted: either will do.
    ['0 0 13 * 5', ['2026-01-09T00:00', '2026-01-13T00:00', '2026-01-16T00:00']],
    // A star in one: the other decides alone; a star with a step is no star.
    ['0 0 * * 5', ['2026-01-09T00:00', '2026-01-16T00:00', '2026-01-23T00:00']],
    ['0 0 */1 * 5', ['2026-01-09T00:00', '2026-01-16T00:00', '2026-01-23T00:00']],
    ['0 0 */15 * 5', ['2026-01-09T00:00', '2026-01-16T00:00', '2026-01-23T00:00']],
    ['0 0 */14 * 5', ['2026-01-09T00:00', '2026-01-15T00:00', '2026-01-16T00:00']],
    ['0 0 1-31 * 5', ['2026-01-03T00:00', '2026-01-04T00:00', '2026-01-05T00:00']],
    ['0 0 29 2 *', ['2028-02-29T00:00', '2032-02-29T00:00', '2036-02-29T00:00']],
    ['@hourly', ['2026-01-02T04:00', '2026-01-02T05:00', '2026-01-02T06:00']],
    ['@daily', ['2026-01-03T00:00', '2026-01-04T00:00', '2026-01-05T00:00']],
    ['@midnight', ['2026-01-03T00:00', '2026-01-04T00:00', '2026-01-05T00:00']],
    ['@weekly', ['2026-01-04T00:00', '2026-01-11T00:00', '2026-01-18T00:00']],
    ['@monthly', ['2026-02-01T00:00', '2026-03-01T00:00', '2026-04-01T00:00']],
    ['@yearly', ['2027-01-01T00:00', '2028-01-01T00:00', '2029-01-01T00:00']],
    ['@annually', ['2027-01-01T00:00', '2028-01-01T00:00', '2029-01-01T00:00']],
    ['@every 90m', ['2026-01-02T04:34:05', '2026-01-02T06:04:05', '2026-01-02T07:34:05']],
    ['@every 1500ms', ['2026-01-02T03:04:06', '2026-01-02T03:04:07', '2026-01-02T03:04:08']],
    ['TZ=UTC 0 0 * * *', ['2026-01-03T00:00', '2026-01-04T00:00', '2026-01-05T00:00']],
    ['CRON_TZ=Europe/Berlin 0 6 * * *', ['2026-01-02T05:00', '2026-01-03T05:00', '2026-01-04T05:00']],
  ])('%s', (text, want) => expect(fires(text)).toEqual(want))

  test('never for a date that does not exist', () => expect(fires('0 0 30 2 *')).toEqual([]))
  test('the period of @every is known', () => expect(parseCron('@every 1h')).toMatchObject({ everyMs: 3_600_000 }))
  test('@every fires at least a second apart', () => expect(parseCron('@every 1ms')).toMatchObject({ everyMs: 1000 }))
})

test.each([
  ['', 'expected 5 fields'],
  ['* * * *', 'expected 5 fields'],
  ['* * * * * * *', 'found 7'],
  ['60 * * * *', 'minute: "60" is above 59'],
  ['* 24 * * *', 'hour: "24" is above 23'],
  ['* * 0 * *', 'day of month: "0" is below 1'],
  ['* * 32 * *', 'above 31'],
  ['* * * 13 *', 'month: "13" is above 12'],
  ['0 0 * * 7', 'day of week: "7" is above 6'],
  ['0 0 * * 5-7', 'above 6'],
  ['*/0 * * * *', 'step of 0'],
  ['10-5 * * * *', 'ends before it begins'],
  ['1-2-3 * * * *', 'more than one "-"'],
  ['1/2/3 * * * *', 'more than one "/"'],
  ['a * * * *', 'is no number or name'],
  ['-1 * * * *', 'is no number or name'],
  ['1.5 * * * *', 'is no number or name'],
  ['* * L * *', 'is no number or name'],
  ['* * * * 5#2', 'is no number or name'],
  ['* * 15W * *', 'is no number or name'],
  ['*/x * * * *', 'step that is no number'],
  [', * * * *', 'has no values'],
  ['@sometimes', 'unknown descriptor @sometimes'],
  ['@every soon', '@every'],
  ['@every', 'unknown descriptor'],
  ['TZ=Moon/Crater 0 0 * * *', 'unknown time zone Moon/Crater'],
])('"%s" is refused: %s', (text, why) => {
  const parsed = parseCron(text)
  expect('error' in parsed ? parsed.error : 'a schedule').toContain(why)
})

// The dialect in its plainest form: look at every minute.
test('agrees with going through all minutes', () => {
  const item = (least: number, most: number) =>
    fc.oneof(
      fc.constant('*'),
      fc.constant('?'),
      fc.integer({ min: least, max: most }).map(String),
      fc.integer({ min: 2, max: 9 }).map((step) => `*/${step}`),
      fc
        .tuple(fc.integer({ min: least, max: most }), fc.integer({ min: least, max: most }))
        .map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`),
    )
  const values = (text: string, least: number, most: number) => {
    const [range = '', step = '1'] = text.split('/')
    const [from = least, to = range === '*' || range === '?' ? most : Number(range)] = /^[*?]$/.test(range)
      ? [least, most]
      : range.split('-').map(Number)
    return Array.from(
      { length: most + 1 },
      (_, value) => value >= from && value <= to && (value - from) % Number(step) === 0,
    )
  }
  fc.assert(
    fc.property(item(0, 59), item(0, 23), item(1, 31), item(1, 12), item(0, 6), (minute, hour, dom, month, dow) => {
      const schedule = parseCron([minute, hour, dom, month, dow].join(' '))
      if (!isSchedule(schedule)) throw new Error(schedule.error)
      const [minutes, hours, doms, months, dows] = [
        values(minute, 0, 59),
        values(hour, 0, 23),
        values(dom, 1, 31),
        values(month, 1, 12),
        values(dow, 0, 6),
      ]
      const star = (text: string) => text === '*' || text === '?'
      const want = (): number | undefined => {
        for (let at = Math.ceil(start / 60_000) * 60_000; at < start + 3 * 86_400_000; at += 60_000) {
          const time = new Date(at)
          const byDom = doms?.[time.getUTCDate()] ?? false
          const byDow = dows?.[time.getUTCDay()] ?? false
          const day = star(dom) || star(dow) ? byDom && byDow : byDom || byDow
          if (day && minutes?.[time.getUTCMinutes()] && hours?.[time.getUTCHours()] && months?.[time.getUTCMonth() + 1])
            return at
        }
        return undefined
      }
      const next = schedule.next(start)
      const within = next !== undefined && next < start + 3 * 86_400_000 ? next : undefined
      expect(within).toBe(want())
    }),
    { numRuns: 200 },
  )
})
