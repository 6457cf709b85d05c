// Reading the bodies of requests: each bounded, and all that are held at the same time, too, so that no crowd can fill the memory.

/** Why a body is not read, with the status that says so. */
export class BodyRefused extends Error {
  override readonly name = 'BodyRefused'
  readonly status: 413 | 503

  constructor(status: 413 | 503, message: string) {
    super(message)
    this.status = status
  }
}

/** What one request holds. */
export interface Held {
  /** Reads the body. @throws BodyRefused when it is too large, or no room is left. */
  read(body: AsyncIterable<Buffer>, declaredBytes: number): Promise<Buffer>
  /** Makes room again. A second call does nothing. */
  release(): void
}

/** Room for bodies. */
export interface Room {
  hold(): Held
}

/**
 * What has arrived is counted, not what was announced: who only says that much will come takes no room from others.
 * @param mostBytes Largest body.
 * @param mostTogether Bytes of all bodies that are held at the same time.
 */
export function roomFor({ mostBytes, mostTogether }: { mostBytes: number; mostTogether: number }): Room {
  let together = 0

  function hold(): Held {
    let own = 0
    let released = false
    function take(bytes: number): void {
      if (own + bytes > mostBytes)
        throw new BodyRefused(413, `a delivery may have at most ${mostBytes} bytes, which is all that GitHub sends`)
      if (together + bytes > mostTogether)
        throw new BodyRefused(
          503,
          `deliveries of ${together} bytes wait to be recorded, and at most ${mostTogether} may; send it again later`,
        )
      // Who has hung up holds nothing.
      if (released) return
      own += bytes
      together += bytes
    }
    return {
      async read(body, declaredBytes) {
        if (declaredBytes > mostBytes) take(declaredBytes)
        const chunks: Buffer[] = []
        for await (const chunk of body) {
          take(chunk.length)
          chunks.push(chunk)
        }
        return Buffer.concat(chunks)
      },
      release() {
        released = true
        together -= own
        own = 0
      },
    }
  }
  return { hold }
}
