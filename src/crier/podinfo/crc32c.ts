// CRC-32C (Castagnoli): the checksum by which upstream chooses the jobs of a fraction. Node has only the other polynomial.

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte
  for (let bit = 0; bit < 8; bit++) remainder = remainder & 1 ? (remainder >>> 1) ^ 0x82f6_3b78 : remainder >>> 1
  return remainder
})

/** Of the text in UTF-8; 0 to 2³²−1. */
export function crc32c(text: string): number {
  let sum = 0xffff_ffff
  for (const byte of Buffer.from(text)) sum = (sum >>> 8) ^ (table[(sum ^ byte) & 0xff] ?? 0)
  return (sum ^ 0xffff_ffff) >>> 0
}
