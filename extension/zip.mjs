import { crc32 } from 'node:zlib'

/*
 * A zip archive (PKWARE APPNOTE 6.3) with nothing in it but names and bytes: no times, no rights, no compression,
 * whose output is another with each version of zlib. So the same files make the same archive everywhere.
 */

const VERSION = 20
/** General purpose bit 11: names are UTF-8 (APPNOTE, appendix D). */
const UTF8 = 0x0800
/** 1 January 1980, the earliest day that the format can say. */
const FIRST_DAY = 0x0021

/**
 * @param {readonly { name: string, bytes: Buffer }[]} files
 * @returns {Buffer}
 */
export function zip(files) {
  const parts = []
  const directory = []
  let offset = 0
  for (const { name, bytes } of [...files].sort((one, other) => (one.name < other.name ? -1 : 1))) {
    const path = Buffer.from(name)
    const about = fields(
      [2, VERSION],
      [2, UTF8],
      [2, 0],
      [2, 0],
      [2, FIRST_DAY],
      [4, crc32(bytes)],
      [4, bytes.length],
      [4, bytes.length],
      [2, path.length],
      [2, 0],
    )
    const file = Buffer.concat([fields([4, 0x04034b50]), about, path, bytes])
    const place = fields([2, 0], [2, 0], [2, 0], [4, 0], [4, offset])
    directory.push(fields([4, 0x02014b50], [2, VERSION]), about, place, path)
    parts.push(file)
    offset += file.length
  }
  const listed = Buffer.concat(directory)
  const count = files.length
  const end = fields(
    [4, 0x06054b50],
    [2, 0],
    [2, 0],
    [2, count],
    [2, count],
    [4, listed.length],
    [4, offset],
    [2, 0],
  )
  return Buffer.concat([...parts, listed, end])
}

/** @param {readonly [size: 2 | 4, value: number][]} values little-endian, one after the other */
function fields(...values) {
  const buffer = Buffer.alloc(values.reduce((sum, [size]) => sum + size, 0))
  let at = 0
  for (const [size, value] of values) at = buffer.writeUIntLE(value, at, size)
  return buffer
}
