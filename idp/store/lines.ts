/** Whole lines read together, and where they stood. */
export interface Lines {
  /** Without their newline. */
  readonly texts: readonly string[]
  /** The same bytes, newlines included. */
  readonly bytes: Uint8Array
  /** Number of the first line in the file, from 1. */
  readonly number: number
  /** Offset of the first line in the file. */
  readonly offset: number
  /** `false`: the file ends in the middle of this one. */
  readonly ended: boolean
}

const NEWLINE = 0x0a

/** Cuts a file's chunks into lines, many at a time: a promise for each line would be half the work. */
export async function* readLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Lines> {
  let rest: Uint8Array[] = []
  let number = 1
  let offset = 0
  for await (const chunk of chunks) {
    const end = chunk.lastIndexOf(NEWLINE) + 1
    if (end === 0) {
      rest.push(chunk)
      continue
    }
    const bytes = Buffer.concat([...rest, chunk.subarray(0, end)])
    rest = end < chunk.length ? [chunk.subarray(end)] : []
    const texts = bytes.toString('utf8', 0, bytes.length - 1).split('\n')
    yield { texts, bytes, number, offset, ended: true }
    number += texts.length
    offset += bytes.length
  }
  if (rest.length > 0) {
    const bytes = Buffer.concat(rest)
    yield { texts: [bytes.toString('utf8')], bytes, number, offset, ended: false }
  }
}
