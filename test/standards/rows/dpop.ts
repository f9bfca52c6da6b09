import type { Row } from '../row.ts'

const CHECK = 'protocol/dpop/check.test.ts'
const CHECKS = 'the checks of RFC 9449 §4.3: one thing wrong, and the proof is refused'

/** RFC 9449: device proofs. */
export const DPOP = [
  {
    id: 'D-1',
    standard: 'RFC 9449',
    section: '4.2',
    requirement:
      'A proof has typ dpop+jwt, an asymmetric algorithm, the public key alone; jti, htm, htu, iat, and ath at resources.',
    who: 'client',
    tests: {
      [CHECK]: [
        'whoever follows the standard is understood > our own proofs',
        `${CHECKS} > 3:`,
        `${CHECKS} > 4:`,
        `${CHECKS} > 7: the private key in the header`,
      ],
    },
  },
  {
    id: 'D-2',
    standard: 'RFC 9449',
    section: '4.3',
    requirement: 'All twelve checks are made, and one header only is taken.',
    who: 'site',
    tests: {
      [CHECK]: [
        ...[1, 2, 3, 4, 5, 6, 7, 8, 9].map((check) => `${CHECKS} > ${check}:`),
        '10: the nonce says when the proof was made',
        '11: a device whose clock is wrong is served all the same',
        '12: at a resource, the proof belongs to one access token',
      ],
      'idp/http/malformed-http.test.ts': ['headers > two proofs'],
    },
  },
  {
    id: 'D-3',
    standard: 'RFC 9449',
    section: '5',
    requirement: 'A public client’s refresh token is bound to its key, which is checked each time.',
    who: 'site',
    tests: {
      'idp/http/refresh.test.ts': [
        'theft > a copied token with another key: only that device ends',
      ],
      'idp/sessions/rotation-model.test.ts': ['a thief without the key never gets tokens'],
      'idp/http/device-proof.test.ts': ['without a proof: refused at'],
    },
  },
  {
    id: 'D-4',
    standard: 'RFC 9449',
    section: '6',
    requirement: 'A bound token carries the thumbprint of its key in cnf.jkt.',
    who: 'site',
    tests: {
      'idp/tokens/access-token.test.ts': ['it says all that a service needs, in whole seconds'],
      [CHECK]: ['a good proof names its key by thumbprint (RFC 7638, RFC 9449 §6.1)'],
    },
  },
  {
    id: 'D-5',
    standard: 'RFC 9449',
    section: '7.1, 7.2',
    requirement: 'A bound token that is sent as Bearer is refused.',
    who: 'service',
    tests: {
      'protocol/resource.test.ts': [
        'a bound token is worthless without its key > as a Bearer token',
      ],
      'idp/http/wrong-tokens.test.ts': ['access tokens at /me > as a bearer token'],
      'playground/service/service.test.ts': ['a bound token as a bearer token'],
    },
  },
  {
    id: 'D-6',
    standard: 'RFC 9449',
    section: '8',
    requirement:
      'A proof without a nonce is answered 400 use_dpop_nonce (401 at resources) with one unpredictable DPoP-Nonce, and taken when it comes again with that.',
    who: 'site',
    tests: {
      'idp/http/device-proof.test.ts': ['without a nonce: asked for one'],
      'protocol/dpop/nonce.test.ts': [
        'it fits a header and an RFC 9449 §8.1 nonce-char, unescaped',
        'no byte of it can be changed, so nobody makes a nonce younger than it is',
      ],
      [CHECK]: ['10: the nonce says when the proof was made'],
    },
  },
  {
    id: 'D-7',
    standard: 'RFC 9449',
    section: '10',
    requirement: 'dpop_jkt binds the code to the key.',
    who: 'site',
    tests: {
      'idp/http/wrong-tokens.test.ts': ['codes > bound to a key'],
      'idp/http/sign-in-request.test.ts': [
        'errors that the client hears: error, a sentence, its state and iss > a dpop_jkt that is none',
      ],
    },
  },
  {
    id: 'D-8',
    standard: 'RFC 9449',
    section: '11.1',
    requirement:
      'A proof is good for a short while and once; only a hash of its jti is kept; the nonce carries the server’s time, so that a wrong clock costs nobody anything.',
    who: 'site',
    tests: {
      [CHECK]: ['a proof is used once', '11: a device whose clock is wrong'],
      'protocol/dpop/seen.test.ts': [
        'used once, it is refused as long as its nonce could still be taken',
        'memory is bounded',
      ],
    },
  },
  {
    id: 'D-9',
    standard: 'RFC 9449',
    section: '11.2',
    requirement: 'Proofs made in advance are worthless: a nonce is always asked for.',
    who: 'site',
    tests: {
      [CHECK]: [
        '10: the nonce says when the proof was made > no nonce',
        '10: the nonce says when the proof was made > a nonce from the future',
      ],
    },
  },
  {
    id: 'D-10',
    standard: 'RFC 9449',
    section: '11.3',
    requirement: 'Once a nonce was given, a proof without it is refused.',
    who: 'site',
    tests: {
      'idp/http/device-proof.test.ts': ['a nonce that was given is not forgotten'],
      [CHECK]: ['10: the nonce says when the proof was made > no nonce'],
    },
  },
  {
    id: 'D-11',
    standard: 'RFC 9449',
    section: '11.5, 11.6',
    requirement: 'typ is checked; no symmetric algorithm, and not none.',
    who: 'site',
    tests: { [CHECK]: [`${CHECKS} > 4:`, `${CHECKS} > 5:`] },
  },
] as const satisfies readonly Row[]
