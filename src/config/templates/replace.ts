// The function that URLs of Jenkins' operators may call beside Go's own.
import { type GoFunction, goString } from './go-types.ts'
import { type GoValue, string } from './go-values.ts'

const textOf = (value: GoValue | undefined): string => (value?.kind === 'string' ? value.data : '')

/** `replace OLD NEW TEXT`: all occurrences. */
export const replace: GoFunction = {
  params: [goString, goString, goString],
  call: ([from, to, text]) => string(textOf(text).replaceAll(textOf(from), () => textOf(to))),
}
