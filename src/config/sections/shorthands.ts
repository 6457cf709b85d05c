// Kinds of settings that most sections have.
import { list, mapOf, optional } from '../collections.ts'
import { flag, text } from '../fields.ts'

export const maybeText = (about: string) => optional(text({ about }))
export const maybeFlag = (about: string) => optional(flag({ about }))
export const texts = (about: string) => list(text({ about: '' }), { about })
export const maybeTexts = (about: string) => optional(texts(about))
export const textMap = (about: string) => mapOf(text({ about: '' }), { about })
