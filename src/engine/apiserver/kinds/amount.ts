// Amounts in requests and limits, where a client may have sent anything.
import { QuantityError, quantityNumber } from '../../../config/quantities.ts'

/** The number that a quantity stands for; undefined when it is none. */
export function amountOf(quantity: unknown): number | undefined {
  if (typeof quantity !== 'number' && typeof quantity !== 'string') return undefined
  try {
    return quantityNumber(quantity)
  } catch (error) {
    if (error instanceof QuantityError) return undefined
    throw error
  }
}
