import { DAY, type Duration, MINUTE, type Moment } from '../../clock/moment.ts'

/** The life of one signing key, as its file remembers it. */
export interface KeyLife {
  readonly kid: string
  /** When it begins to sign. Missing until the first look at the clock, and in files of earlier versions. */
  readonly signsFrom?: Moment | undefined
  /** When its successor took over; missing while there was none. */
  readonly retiredAt?: Moment | undefined
  /** The longest life of an access token that it may have signed: settings change, tokens out there don't. */
  readonly accessLife?: Duration | undefined
}

export interface KeyPolicy {
  /** How long a key signs. */
  readonly signingKey: Duration
  /** How long an access token that is signed now can live. */
  readonly access: Duration
}

/**
 * A new key is published for so long before it signs. Services keep the key set: jose for ten
 * minutes, proxies and other libraries up to a day. After a day nobody meets a key id that is not in
 * their copy, not even those who never ask again for one they don't know.
 */
const LONGEST_OVERLAP: Duration = DAY

/** With keys that live shorter than two days, half of their life. */
export const overlapOf = (signingKey: Duration): Duration =>
  Math.min(LONGEST_OVERLAP, signingKey / 2)

/** How far behind a service's clock may be: it still takes what has just run out here. */
const CLOCK_TOLERANCE: Duration = 5 * MINUTE

/** `ACCESS_TTL` can't be longer; for keys of versions that didn't write down what they signed. */
export const LONGEST_ACCESS_LIFE: Duration = DAY

/** What happens next to the signing keys, and when. */
export type KeyStep =
  /** A new key is made and published; it doesn't sign yet. */
  | { readonly kind: 'publish'; readonly at: Moment }
  /** The published one takes over. */
  | { readonly kind: 'begin'; readonly at: Moment; readonly kid: string }
  /** The last token that it signed has run out: it is published no longer. */
  | { readonly kind: 'forget'; readonly at: Moment; readonly kid: string }

/**
 * The next step of the keys' rotation, due or not. There always is one, for keys never stop growing old;
 * `undefined` only until their moments are known (see {@link adopted}).
 *
 * @param keys all of the file, the oldest first
 */
export function planKeys(keys: readonly KeyLife[], policy: KeyPolicy): KeyStep | undefined {
  const [signer, next] = keys.filter(isLive)
  if (signer?.signsFrom === undefined) return undefined
  const rotation: KeyStep =
    next?.signsFrom === undefined
      ? {
          kind: 'publish',
          at: signer.signsFrom + policy.signingKey - overlapOf(policy.signingKey),
        }
      : { kind: 'begin', at: next.signsFrom, kid: next.kid }
  const forgetting = keys.flatMap(({ kid, retiredAt, accessLife = LONGEST_ACCESS_LIFE }) =>
    retiredAt === undefined
      ? []
      : [{ kind: 'forget' as const, at: retiredAt + accessLife + CLOCK_TOLERANCE, kid }],
  )
  return [rotation, ...forgetting].reduce((a, b) => (b.at < a.at ? b : a))
}

/** The keys after a step that adds none. */
export function afterStep<T extends KeyLife>(
  keys: readonly T[],
  step: Exclude<KeyStep, { kind: 'publish' }>,
): readonly T[] {
  switch (step.kind) {
    case 'begin': {
      const successor = keys.findIndex(({ kid }) => kid === step.kid)
      return keys.map((key, index) =>
        index < successor && isLive(key) ? { ...key, retiredAt: step.at } : key,
      )
    }
    case 'forget':
      return keys.filter(({ kid }) => kid !== step.kid)
  }
}

/** Gives the keys of a first start, and of a file of an earlier version, their moments: their life begins now. */
export function adopted<T extends KeyLife>(keys: readonly T[], now: Moment): readonly T[] {
  const newest = keys.at(-1)
  return keys.every(isAdopted)
    ? keys
    : keys.map((key) => {
        if (isAdopted(key)) return key
        return key === newest
          ? { ...key, signsFrom: now }
          : { ...key, signsFrom: now, retiredAt: now }
      })
}

const isAdopted = ({ signsFrom }: KeyLife): boolean => signsFrom !== undefined

/** Before a key signs tokens of this life, its file says so. */
export const signingFor = <T extends KeyLife>(
  keys: readonly T[],
  access: Duration,
): readonly T[] =>
  keys.every((key) => !isLive(key) || longestLife(key) >= access)
    ? keys
    : keys.map((key) =>
        isLive(key) ? { ...key, accessLife: Math.max(longestLife(key), access) } : key,
      )

const longestLife = ({ accessLife = LONGEST_ACCESS_LIFE }: KeyLife): Duration => accessLife

const isLive = ({ retiredAt }: KeyLife): boolean => retiredAt === undefined

/**
 * The key that signs at a moment, which is a matter of the clock alone: nothing that this process does
 * early or late can make a retired key sign.
 */
export function signerAt<T extends KeyLife>(keys: readonly T[], now: Moment): T | undefined {
  const live = keys.filter(isLive)
  // None has begun only where a clock went back, as with a copied data folder: the first will do.
  return live.filter(({ signsFrom = now }) => signsFrom <= now).at(-1) ?? live[0]
}
