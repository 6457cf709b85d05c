// Writes a time by a Go layout, which shows how the time 15:04:05.000 of Monday, 2 January 2006 would be written. UTC only.

const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const months = 'January February March April May June July August September October November December'.split(' ')

/** Name of the month of a time. */
export const monthName = (date: Date): string => months[date.getUTCMonth()] ?? ''
/** Name of the day of the week. */
export const dayName = (date: Date): string => days[date.getUTCDay()] ?? ''
/** Day of the year, from 1. */
export const yearDay = (date: Date): number =>
  Math.round((Date.UTC(2000, date.getUTCMonth(), date.getUTCDate()) - Date.UTC(2000, 0, 1)) / 86_400_000) +
  (date.getUTCMonth() > 1 && !isLeap(date.getUTCFullYear()) ? 0 : 1)
const isLeap = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0

const elements =
  /January|Jan(?![a-z])|Monday|Mon(?![a-z])|MST|2006|_2006|__2|_2|002|01|02|03|04|05|06|15|1|2|3|4|5|PM|pm|Z07:00:00|Z070000|Z07:00|Z0700|Z07|-07:00:00|-070000|-07:00|-0700|-07|[.,]0+(?![0-9])|[.,]9+(?![0-9])/g

const two = (number: number): string => String(number).padStart(2, '0')
const hour12 = (date: Date): number => date.getUTCHours() % 12 || 12

const written: Readonly<Record<string, (date: Date) => string>> = {
  January: monthName,
  Jan: (date) => monthName(date).slice(0, 3),
  Monday: dayName,
  Mon: (date) => dayName(date).slice(0, 3),
  MST: () => 'UTC',
  '2006': (date) => String(date.getUTCFullYear()).padStart(4, '0'),
  _2006: (date) => `_${String(date.getUTCFullYear()).padStart(4, '0')}`,
  __2: (date) => String(yearDay(date)).padStart(3),
  _2: (date) => String(date.getUTCDate()).padStart(2),
  '002': (date) => String(yearDay(date)).padStart(3, '0'),
  '01': (date) => two(date.getUTCMonth() + 1),
  '02': (date) => two(date.getUTCDate()),
  '03': (date) => two(hour12(date)),
  '04': (date) => two(date.getUTCMinutes()),
  '05': (date) => two(date.getUTCSeconds()),
  '06': (date) => two(date.getUTCFullYear() % 100),
  '15': (date) => two(date.getUTCHours()),
  '1': (date) => String(date.getUTCMonth() + 1),
  '2': (date) => String(date.getUTCDate()),
  '3': (date) => String(hour12(date)),
  '4': (date) => String(date.getUTCMinutes()),
  '5': (date) => String(date.getUTCSeconds()),
  PM: (date) => (date.getUTCHours() < 12 ? 'AM' : 'PM'),
  pm: (date) => (date.getUTCHours() < 12 ? 'am' : 'pm'),
}

/** @param ms Milliseconds since the epoch. */
export function layoutText(ms: number, layout: string): string {
  const date = new Date(ms)
  return layout.replace(elements, (element) => written[element]?.(date) ?? zoneOrFraction(element, date))
}

function zoneOrFraction(element: string, date: Date): string {
  if (element.startsWith('Z')) return 'Z'
  if (element.startsWith('-')) return element.replace('-', '+').replace('7', '0')
  const fraction = String(date.getUTCMilliseconds())
    .padStart(3, '0')
    .padEnd(9, '0')
    .slice(0, element.length - 1)
  if (element.charAt(1) === '0') return element.charAt(0) + fraction
  const short = fraction.replace(/0+$/, '')
  return short === '' ? '' : element.charAt(0) + short
}
