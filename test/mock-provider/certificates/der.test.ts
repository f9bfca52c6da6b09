import { expect, test } from 'vitest'
import {
  boolean,
  explicit,
  implicit,
  integer,
  objectIdentifier,
  octetString,
  sequence,
  time,
  utf8String,
} from '../../../mock-provider/certificates/der.ts'

const hex = (bytes: Buffer) => bytes.toString('hex')

// As `openssl asn1parse -genstr … -out -` writes them.
test.each([
  ['true', boolean(true), '0101ff'],
  ['2', integer(Buffer.of(2)), '020102'],
  ['nought', integer(Buffer.of(0)), '020100'],
  ['a number whose highest bit is set', integer(Buffer.of(0x80)), '02020080'],
  ['a number with noughts before it', integer(Buffer.of(0, 0, 1, 2)), '02020102'],
  ['2.5.29.17', objectIdentifier('2.5.29.17'), '0603551d11'],
  ['1.2.840.10045.4.3.2', objectIdentifier('1.2.840.10045.4.3.2'), '06082a8648ce3d040302'],
  ['text', utf8String('ä'), '0c02c3a4'],
  ['a sequence', sequence(boolean(false), integer(Buffer.of(1))), '3006010100020101'],
  ['[0] around a value', explicit(0, integer(Buffer.of(2))), 'a003020102'],
  ['[2] in place of a tag', implicit(2, Buffer.from('a')), '820161'],
  [
    'a time of this century’s first half',
    time('2049-12-31T23:59:59.000Z'),
    '170d3439313233313233353935395a',
  ],
  ['a later time', time('2050-01-01T00:00:00.000Z'), '180f32303530303130313030303030305a'],
])('%s', (_, written, expected) => {
  expect(hex(written)).toBe(expected)
})

test.each([
  [127, '047f'],
  [128, '048180'],
  [256, '04820100'],
  [65_536, '0483010000'],
])('the length of %i bytes', (length, head) => {
  expect(hex(octetString(Buffer.alloc(length))).slice(0, head.length)).toBe(head)
})
