import * as v from 'valibot'
import { expect } from 'vitest'
import { ErrorBody } from '../../protocol/error-body.ts'
import type { RawAnswer } from './raw.ts'

/** A capital (or the quoted or lower-case name of a parameter) first, a full stop last. */
const SENTENCE = /^["“A-Za-z].*\S \S.*[.!?…]$/s

/** File names with lines, frames, and names of what we are built of. */
const INNARDS =
  /\bat .+:\d+:\d+|node_modules|\.[cm]?[jt]sx?:\d+|\b(?:Type|Syntax|Range|Reference)Error\b/

/** That an answer says no as it should: 4xx, the error in JSON with a sentence, nothing of our inside. */
export function expectRefusal(
  answer: Pick<RawAnswer, 'status' | 'headers' | 'body'>,
  expected: { readonly status?: number; readonly error?: string } = {},
): ErrorBody {
  expectNoInnards(answer)
  expect(answer.status, answer.body).toBeGreaterThanOrEqual(400)
  expect(answer.status, answer.body).toBeLessThan(500)
  expect(answer.headers['content-type']).toMatch(/^application\/json/)
  expect(answer.headers['cache-control']).toBe('no-store')
  expect(answer.headers['x-content-type-options']).toBe('nosniff')
  const body = v.parse(v.strictObject(ErrorBody.entries), JSON.parse(answer.body))
  expect(body.error).toMatch(/^[a-z_]+$/)
  expect(body.error_description).toMatch(SENTENCE)
  if (answer.status === 405) expect(answer.headers).toHaveProperty('allow')
  if (answer.status === 401) expect(answer.headers['www-authenticate']).toMatch(/^DPoP |^Bearer$/)
  if (answer.status === 409) expect(answer.headers['retry-after']).toMatch(/^\d+$/)
  if (expected.error !== undefined) expect(body.error, body.error_description).toBe(expected.error)
  if (expected.status !== undefined) expect(answer.status).toBe(expected.status)
  return body
}

/** The same in words for a person: a page with a sentence, under the policy of all pages. */
export function expectProblemPage(answer: RawAnswer, expected: { readonly status?: number } = {}) {
  expectNoInnards(answer)
  expect(answer.status, answer.body).toBeGreaterThanOrEqual(400)
  expect(answer.status, answer.body).toBeLessThan(500)
  if (expected.status !== undefined) expect(answer.status).toBe(expected.status)
  expect(answer.headers.location).toBeUndefined()
  expectPage(answer)
  const sentence = /<h1>[^<]+<\/h1><p>([^<]+)<\/p>/.exec(answer.body)?.[1] ?? ''
  expect(sentence).toMatch(SENTENCE)
  return sentence
}

/** The headers of every page of ours (ASVS 3.4). */
export function expectPage(answer: RawAnswer): void {
  expect(answer.headers['content-type']).toBe('text/html; charset=utf-8')
  expect(answer.headers['cache-control']).toBe('no-store')
  expect(answer.headers['referrer-policy']).toBe('no-referrer')
  expect(answer.headers['x-content-type-options']).toBe('nosniff')
  expect(answer.headers['content-security-policy']).toContain("default-src 'none'")
  expect(answer.headers['content-security-policy']).toContain("frame-ancestors 'none'")
  expect(answer.body).not.toContain('<script')
}

export function expectNoInnards({ body }: Pick<RawAnswer, 'body'>): void {
  expect(body).not.toMatch(INNARDS)
}
