import { hashOf } from '../tokens/secret.ts'
import type { User } from './records.ts'

/** An issuer is a URL and holds no newline, so no two identities share a key. */
export const identityKey = (issuer: string, subject: string): string => `${issuer}\n${subject}`

/**
 * A person who was deleted is still found by what they were called, so that they are refused and not
 * made anew. A fast hash will do: nobody can try out all that a provider may call somebody.
 */
export const identityHash = (issuer: string, subject: string): string =>
  hashOf(identityKey(issuer, subject))

/** All that a person is found by. */
export const identityKeys = ({ identities, deleted }: User): readonly string[] => [
  ...identities.map(({ issuer, subject }) => identityKey(issuer, subject)),
  ...(deleted?.identityHashes ?? []),
]
