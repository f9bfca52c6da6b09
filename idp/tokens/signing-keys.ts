import { createLocalJWKSet, importJWK, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose'
import type { DueMoment } from '../../clock/due.ts'
import type { Moment } from '../../clock/moment.ts'
import { DEFAULT_LIFETIMES } from '../lifetimes.ts'
import { type Disk, nodeDisk } from '../store/disk.ts'
import { KeyFileOnDisk, makeKey, type StoredKey } from './key-file.ts'
import {
  adopted,
  afterStep,
  type KeyPolicy,
  type KeyStep,
  overlapOf,
  planKeys,
  signerAt,
  signingFor,
} from './key-plan.ts'

/** A key with which a token can be signed. */
export interface Signer {
  readonly kid: string
  readonly privateKey: CryptoKey
}

type LoadedKey = StoredKey & { readonly privateKey: CryptoKey }

/**
 * The keys that access tokens are signed with: one signs, its successor is published before it does,
 * and those before it stay published until the last token that they signed has run out. What is
 * published or signs is always on disk already.
 */
export class SigningKeys {
  readonly #file: KeyFileOnDisk
  readonly #policy: KeyPolicy
  #keys: readonly LoadedKey[]
  #published: JSONWebKeySet
  #verify: JWTVerifyGetKey
  #turn: Promise<unknown> = Promise.resolve()

  constructor(file: KeyFileOnDisk, policy: KeyPolicy, keys: readonly LoadedKey[]) {
    this.#file = file
    this.#policy = policy
    this.#keys = keys
    this.#published = publishedOf(keys)
    this.#verify = createLocalJWKSet(this.#published)
  }

  /** What `GET /jwks` answers (RFC 7517 §5). */
  get published(): JSONWebKeySet {
    return this.#published
  }

  /** For verifying our own tokens. */
  readonly verifyKeys: JWTVerifyGetKey = (header, token) => this.#verify(header, token)

  /** The key that signs at this moment. */
  signer(now: Moment): Signer {
    const key = signerAt(this.#keys, now)
    if (!key) throw new Error('No signing key is left.')
    return key
  }

  /** When something is to be done next, in words that QA reads. */
  next(): DueMoment | undefined {
    const step = planKeys(this.#keys, this.#policy)
    return step && momentOf(step)
  }

  /** Does what is due, and says what that was. */
  run(now: Moment): Promise<readonly DueMoment[]> {
    return this.#alone(async () => {
      await this.#become(adopted(this.#keys, now))
      const done: DueMoment[] = []
      for (;;) {
        const step = planKeys(this.#keys, this.#policy)
        if (!step || step.at > now) return done
        await this.#become(
          step.kind === 'publish' ? await this.#withSuccessor(now) : afterStep(this.#keys, step),
        )
        done.push(momentOf(step))
      }
    })
  }

  /**
   * The keys are in wrong hands: withdraws all of them, the one in waiting too, for it lay in the same
   * file, and signs with a new one from now on. See {@link rotateNow} for what that means.
   */
  replaceAll(now: Moment): Promise<void> {
    return this.#alone(async () => {
      await this.#become([{ ...(await this.#made()), signsFrom: now }])
    })
  }

  async #withSuccessor(now: Moment): Promise<readonly LoadedKey[]> {
    const signsFrom = now + overlapOf(this.#policy.signingKey)
    return [...this.#keys, { ...(await this.#made()), signsFrom }]
  }

  async #made(): Promise<LoadedKey> {
    return { ...(await loadKey(await makeKey())), accessLife: this.#policy.access }
  }

  /** First on disk, then in use. */
  async #become(keys: readonly LoadedKey[]): Promise<void> {
    if (keys === this.#keys) return
    await this.#file.write(keys.map(({ privateKey: _, ...stored }) => stored))
    this.#keys = keys
    this.#published = publishedOf(keys)
    this.#verify = createLocalJWKSet(this.#published)
  }

  #alone<T>(change: () => Promise<T>): Promise<T> {
    const changed = this.#turn.then(change)
    this.#turn = changed.catch(() => {})
    return changed
  }
}

/**
 * Reads the signing keys of a data folder, and makes one at the first start. The folder must be ours
 * already (its lock is held), so nobody else makes keys at the same moment. Looks at no clock: while a
 * site starts, its clock may not be right yet.
 *
 * @throws StartError when the file is not what we wrote.
 */
export async function openSigningKeys(
  folder: string,
  policy: KeyPolicy = DEFAULT_LIFETIMES,
  disk: Disk = nodeDisk,
): Promise<SigningKeys> {
  const file = new KeyFileOnDisk(folder, disk)
  const found = await file.read()
  const stored = found
    ? signingFor(found, policy.access)
    : [{ ...(await makeKey()), accessLife: policy.access }]
  // The right names may still hold numbers that are no key.
  const keys = await Promise.all(stored.map(loadKey)).catch(() => {
    throw file.unreadable()
  })
  if (stored !== found) await file.write(stored)
  return new SigningKeys(file, policy, keys)
}

async function loadKey(stored: StoredKey): Promise<LoadedKey> {
  const privateKey = await importJWK(stored, 'ES256')
  if (privateKey instanceof Uint8Array) throw new TypeError('not a key of a pair')
  return { ...stored, privateKey }
}

const publishedOf = (keys: readonly StoredKey[]): JSONWebKeySet => ({
  keys: keys.map(({ kty, crv, x, y, kid }) => ({ kty, crv, x, y, kid, use: 'sig', alg: 'ES256' })),
})

function momentOf(step: KeyStep): DueMoment {
  switch (step.kind) {
    case 'publish':
      return { at: step.at, name: 'a new signing key published' }
    case 'begin':
      return { at: step.at, name: `signing key ${step.kid} begins to sign` }
    case 'forget':
      return { at: step.at, name: `signing key ${step.kid} forgotten` }
  }
}
