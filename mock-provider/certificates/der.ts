/**
 * As much of DER (ITU-T X.690) as a certificate is written in: each value is its tag, its length and
 * its content. Reading is left to `node:crypto`.
 */
export const sequence = (...items: readonly Buffer[]): Buffer => value(0x30, ...items)

export const set = (...items: readonly Buffer[]): Buffer => value(0x31, ...items)

export const boolean = (flag: boolean): Buffer => value(0x01, Buffer.of(flag ? 0xff : 0))

/** @param magnitude - of a number that is not negative, the highest byte first. */
export function integer(magnitude: Buffer): Buffer {
  const first = magnitude.findIndex((byte) => byte !== 0)
  const shortest = first < 0 ? Buffer.of(0) : magnitude.subarray(first)
  // A highest bit that is set would make it negative.
  const sign = (shortest[0] ?? 0) < 0x80 ? Buffer.alloc(0) : Buffer.of(0)
  return value(0x02, sign, shortest)
}

export const octetString = (content: Buffer): Buffer => value(0x04, content)

/** @param unused - how many of the last byte's bits don't count. */
export const bitString = (content: Buffer, unused = 0): Buffer =>
  value(0x03, Buffer.of(unused), content)

export const utf8String = (text: string): Buffer => value(0x0c, Buffer.from(text))

/** @param dotted - `2.5.29.17`; the first two numbers share a byte. */
export function objectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  return value(0x06, Buffer.from([first * 40 + second, ...rest].flatMap(inSevenBits)))
}

/** A time as certificates give it: in two digits of the year until 2049, then in four (RFC 5280 §4.1.2.5). */
export function time(iso: string): Buffer {
  const digits = `${iso.slice(0, 19).replace(/\D/g, '')}Z`
  return digits < '2050'
    ? value(0x17, Buffer.from(digits.slice(2)))
    : value(0x18, Buffer.from(digits))
}

/** What stands in place of a type's own tag: `[number] EXPLICIT`, around one or more whole values. */
export const explicit = (number: number, ...items: readonly Buffer[]): Buffer =>
  value(0xa0 + number, ...items)

/** `[number] IMPLICIT`, around the bare content of a simple value. */
export const implicit = (number: number, content: Buffer): Buffer => value(0x80 + number, content)

function value(tag: number, ...items: readonly Buffer[]): Buffer {
  const content = Buffer.concat(items)
  return Buffer.concat([Buffer.of(tag), length(content.length), content])
}

function length(bytes: number): Buffer {
  if (bytes < 0x80) return Buffer.of(bytes)
  const digits = Buffer.alloc(4)
  digits.writeUInt32BE(bytes)
  const shortest = digits.subarray(digits.findIndex((byte) => byte !== 0))
  return Buffer.concat([Buffer.of(0x80 + shortest.length), shortest])
}

/** Seven bits a byte, the highest first; all but the last say that more follows. */
function inSevenBits(number: number): number[] {
  const last = number & 0x7f
  const higher = number >>> 7
  return higher === 0 ? [last] : [...inSevenBits(higher).map((byte) => byte | 0x80), last]
}
