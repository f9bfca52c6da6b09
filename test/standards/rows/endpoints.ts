import type { Row } from '../row.ts'

const CLIENTS = 'idp/standard-clients.parts.test.ts'
const INTROSPECTION = 'idp/sessions/introspection.test.ts'

/** RFC 7009, RFC 7662, RFC 8414, RFC 9207: what an authorization server offers beside tokens. */
export const ENDPOINTS = [
  {
    id: 'V-1',
    standard: 'RFC 7009',
    section: '2',
    requirement: 'Refresh tokens can be revoked.',
    who: 'site',
    tests: {
      'idp/http/wrong-tokens.test.ts': ['revocation > twice: 200 both times'],
      [CLIENTS]: ['openid-client > discovers, authorizes with PKCE and DPoP', 'oauth4webapi'],
    },
  },
  {
    id: 'V-1a',
    standard: 'RFC 7009',
    section: '2',
    requirement: 'Access tokens should be revocable too.',
    who: 'site',
    explained:
      'Left on purpose: services are shown access tokens, and none of them shall be able to sign a person out. Sent one, the site answers unsupported_token_type, as §2.2.1 has it; they end with their session.',
  },
  {
    id: 'V-2',
    standard: 'RFC 7009',
    section: '2.1',
    requirement:
      'By POST, from a client that names itself, for a token that is its own; what the hint says changes nothing; the access tokens of the grant end too.',
    who: 'site',
    tests: {
      'idp/http/wrong-tokens.test.ts': [
        'revocation > of garbage, of a token nobody knows, of another client’s: 200, and nothing ends',
        'revocation > whatever the hint says, the token is looked for',
        'revocation > takes the access tokens of the session along',
      ],
      'idp/http/wrong-input.test.ts': [
        'a method that an address does not take: 405, and which it takes',
      ],
    },
  },
  {
    id: 'V-3',
    standard: 'RFC 7009',
    section: '2.2',
    requirement: 'A token that is not known is answered 200.',
    who: 'site',
    tests: {
      'idp/http/wrong-tokens.test.ts': ['revocation > of garbage, of a token nobody knows'],
    },
  },
  {
    id: 'V-4',
    standard: 'RFC 7009',
    section: '2.2.1',
    requirement: 'A 503 means that the token still lives: the client tries again later.',
    who: 'client',
    tests: {
      'client/engine.test.ts': [
        'signing out in a train: wiped at once, and the site hears of it at the next start',
      ],
    },
  },
  {
    id: 'V-5',
    standard: 'RFC 7662',
    section: '2.1',
    requirement: 'Introspection is by POST and for those alone who are known.',
    who: 'site',
    tests: {
      [INTROSPECTION]: ['who may ask > whoever brings no service key hears nothing of any token'],
      'idp/http/wrong-input.test.ts': [
        'a method that an address does not take: 405, and which it takes',
      ],
    },
  },
  {
    id: 'V-6',
    standard: 'RFC 7662',
    section: '2.2',
    requirement: 'Of a token that is not active nothing is said but that.',
    who: 'site',
    tests: {
      [INTROSPECTION]: ['what does not stand is not active, and nothing more is said'],
    },
  },
  {
    id: 'V-7',
    standard: 'RFC 7662',
    section: '4',
    requirement: 'Expiry, signature and revocation are all looked at.',
    who: 'site',
    tests: {
      [INTROSPECTION]: [
        'what does not stand is not active, and nothing more is said > after an hour the access token',
        'what does not stand is not active, and nothing more is said > a changed signature',
        'what does not stand is not active, and nothing more is said > signed out: both at once',
        'what does not stand is not active, and nothing more is said > signing keys withdrawn',
      ],
      'idp/http/introspection-clients.test.ts': [
        'oauth4webapi finds the way and understands what it hears of a token',
        'openid-client does',
      ],
    },
  },
  {
    id: 'M-1',
    standard: 'RFC 8414',
    section: '2',
    requirement: 'The issuer is https (or this machine) and has no query and no fragment.',
    who: 'site',
    tests: {
      'idp/start.parts.test.ts': [
        'a start that can’t be says so in one sentence and changes nothing > a bad SITE_URL',
      ],
    },
  },
  {
    id: 'M-2',
    standard: 'RFC 8414',
    section: '3.1',
    requirement: 'Metadata is where clients look for it: the well-known path after the host.',
    who: 'site',
    tests: { [CLIENTS]: ['openid-client > discovers', 'oauth4webapi > the same'] },
  },
  {
    id: 'M-3',
    standard: 'RFC 8414',
    section: '3.3',
    requirement: 'The issuer in the metadata is the one that was asked for, or nothing is used.',
    who: 'site',
    tests: {
      'idp/http/metadata.test.ts': ['an independent client takes it for the metadata'],
      'idp/sign-in/provider.test.ts': ['metadata > of another issuer'],
    },
  },
  {
    id: 'M-4',
    standard: 'RFC 8414',
    section: '2',
    requirement:
      'Everything that is offered is listed: the endpoints, the keys, S256, DPoP, and nothing that is not.',
    who: 'site',
    tests: {
      'idp/http/metadata.test.ts': [
        'every address is under the issuer; only what is careful is offered',
      ],
    },
  },
  {
    id: 'M-4a',
    standard: 'RFC 8414',
    section: '2',
    requirement: 'The end_session_endpoint is listed.',
    who: 'site',
    explained:
      'The site is an OAuth server and no OpenID provider: it gives out no ID token that could be the hint. A client signs out by revocation, a person by a form.',
  },
  {
    id: 'I-1',
    standard: 'RFC 9207',
    section: '2',
    requirement: 'iss stands in good and in bad answers.',
    who: 'site',
    tests: {
      'idp/sign-in/return.test.ts': [
        'code, state and iss go back, whatever characters the state has',
        'bad news carries state and iss as well (RFC 9207 §2)',
      ],
      'idp/http/sign-in-request.test.ts': [
        'errors that the client hears: error, a sentence, its state and iss',
      ],
      'idp/http/sign-in-steps.test.ts': ['people who are turned away hear why, after the purge'],
      [CLIENTS]: ['an answer that says it is from elsewhere is refused by both, unmodified'],
    },
  },
  {
    id: 'I-2',
    standard: 'RFC 9207',
    section: '2.3',
    requirement: 'That iss is sent is advertised.',
    who: 'site',
    tests: {
      'idp/http/metadata.test.ts': [
        'every address is under the issuer; only what is careful is offered',
      ],
    },
  },
  {
    id: 'I-3',
    standard: 'RFC 9207',
    section: '2.4',
    requirement:
      'iss is compared as text before anything is used; missing where it was promised, the answer is refused.',
    who: 'site',
    tests: {
      'idp/sign-in/provider.test.ts': [
        'a callback with one thing wrong redeems nothing > the iss of another provider (RFC 9207)',
        'a callback with one thing wrong redeems nothing > an iss that ends otherwise',
        'a callback with one thing wrong redeems nothing > no iss from a provider that said it would send one',
      ],
    },
  },
] as const satisfies readonly Row[]
