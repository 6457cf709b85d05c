// Data as JSON for programs that people look at, too.

/** Indented, with a line break at its end. */
export const jsonText = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`
