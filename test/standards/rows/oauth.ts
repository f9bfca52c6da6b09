import type { Row } from '../row.ts'

const SIGN_IN_REQUEST = 'idp/http/sign-in-request.test.ts'
const ONLY_THE_PERSON =
  'errors that only the person hears, for the way back may be a stranger’s > redirect_uri'
const THE_CLIENT = 'errors that the client hears: error, a sentence, its state and iss'

/** RFC 8252, RFC 7636, RFC 9700: how an app gets its code. */
export const OAUTH = [
  {
    id: 'N-1',
    standard: 'RFC 8252',
    section: '6, 8.1',
    requirement: 'A native app uses PKCE, and a request without a challenge is refused.',
    who: 'site',
    tests: {
      [SIGN_IN_REQUEST]: [`${THE_CLIENT} > no code_challenge`],
      'client/sign-in.test.ts': [
        'what the browser opens names client, device, key and challenge, and nothing secret',
      ],
    },
  },
  {
    id: 'N-2',
    standard: 'RFC 8252',
    section: '8.12',
    requirement: 'No embedded view is used for signing in.',
    who: 'client',
    explained:
      'The engine knows no view at all, only a launcher of the system’s browser; the desktop app, which shows an embedded one as a labelled demonstration, has its own tests.',
  },
  {
    id: 'N-3',
    standard: 'RFC 8252',
    section: '7.3',
    requirement: 'A loopback way back is taken with any port, on both address families.',
    who: 'site',
    tests: {
      'idp/clients.test.ts': ['the desktop’s ways back'],
      'idp/standard-clients.parts.test.ts': [
        'openid-client > discovers, authorizes with PKCE and DPoP, exchanges, refreshes, uses and revokes',
      ],
    },
  },
  {
    id: 'N-4',
    standard: 'RFC 8252',
    section: '7.3',
    requirement: 'A client listens on both address families, and copes when one is missing.',
    who: 'client',
    tests: {
      'client/node/loopback.test.ts': ['both address families, where the machine has both'],
    },
  },
  {
    id: 'N-5',
    standard: 'RFC 8252',
    section: '8.3',
    requirement:
      'Loopback is an IP literal and never “localhost”; the port is open for the exchange alone.',
    who: 'site',
    tests: {
      [SIGN_IN_REQUEST]: [`${ONLY_THE_PERSON}: localhost`],
      'client/node/loopback.test.ts': [
        'the browser comes back: the page says so, then the port is free',
        'given up, not opened, or nobody came: rejects, and the port is free',
      ],
    },
  },
  {
    id: 'N-6',
    standard: 'RFC 8252',
    section: '7.1',
    requirement: 'A private scheme is a reversed domain with a single slash.',
    who: 'site',
    tests: {
      [SIGN_IN_REQUEST]: [
        `${ONLY_THE_PERSON}: the private scheme with two slashes`,
        `${ONLY_THE_PERSON}: another private scheme`,
      ],
      'idp/sign-in/return.test.ts': ['the private scheme keeps its single slash'],
    },
  },
  {
    id: 'N-7',
    standard: 'RFC 8252',
    section: '8.4',
    requirement:
      'Native apps are known as public clients; their ways back are exact but for the loopback port.',
    who: 'site',
    tests: {
      [SIGN_IN_REQUEST]: [ONLY_THE_PERSON],
      'idp/clients.test.ts': ['three clients are known, each with a name'],
    },
  },
  {
    id: 'N-8',
    standard: 'RFC 8252',
    section: '8.5',
    requirement: 'Nothing that is shipped in an app counts as its authentication.',
    who: 'site',
    tests: {
      'idp/http/grants.test.ts': [
        'our clients are public: whoever brings a client secret is told that none is taken',
      ],
    },
  },
  {
    id: 'N-9',
    standard: 'RFC 8252',
    section: '8.6',
    requirement:
      'A request is never answered without the person: another app could say the same client_id.',
    who: 'site',
    tests: {
      'idp/http/web-session.test.ts': [
        'being signed in here never makes a later sign-in silent: the provider is asked again, always',
      ],
    },
  },
  {
    id: 'N-10',
    standard: 'RFC 8252',
    section: '8.9',
    requirement: 'The client’s state has entropy and is checked: a forged callback does nothing.',
    who: 'client',
    tests: {
      'client/sign-in.test.ts': [
        'forged callbacks do nothing, and the real one still gets through',
      ],
    },
  },
  {
    id: 'N-11',
    standard: 'RFC 8252',
    section: '8.10',
    requirement:
      'Which issuer an answer is from is compared before anything of it is used (mix-up).',
    who: 'client',
    tests: {
      'client/sign-in.test.ts': [
        'forged callbacks do nothing, and the real one still gets through',
      ],
      'idp/sign-in/provider.test.ts': [
        'a callback with one thing wrong redeems nothing > the iss of another provider (RFC 9207)',
      ],
    },
  },
  {
    id: 'P-1',
    standard: 'RFC 7636',
    section: '4.1, 7.1',
    requirement: 'A verifier has 43 to 128 unreserved characters, ours 256 random bits.',
    who: 'site',
    tests: {
      'idp/http/grants.test.ts': ['a code_verifier that is none'],
      'idp/sign-in/provider.test.ts': [
        'state, nonce and verifier are 256 random bits each, and no two sign-ins share one',
      ],
    },
  },
  {
    id: 'P-2',
    standard: 'RFC 7636',
    section: '4.2, 7.2',
    requirement: 'S256 and never plain, neither taken nor used.',
    who: 'site',
    tests: {
      [SIGN_IN_REQUEST]: [`${THE_CLIENT} > method plain`],
      'idp/sign-in/provider.test.ts': [
        'the provider is always asked to ask: prompt=login and max_age=0, with state, nonce and PKCE S256',
      ],
    },
  },
  {
    id: 'P-3',
    standard: 'RFC 7636',
    section: '4.4',
    requirement: 'The challenge is bound to the code: another one’s verifier does not redeem it.',
    who: 'site',
    tests: { 'idp/http/wrong-tokens.test.ts': ['codes > another verifier'] },
  },
  {
    id: 'P-4',
    standard: 'RFC 7636',
    section: '4.4.1',
    requirement: 'A missing or unknown method is invalid_request.',
    who: 'site',
    tests: { [SIGN_IN_REQUEST]: [`${THE_CLIENT} > no method`, `${THE_CLIENT} > method s256`] },
  },
  {
    id: 'P-5',
    standard: 'RFC 7636',
    section: '4.6',
    requirement: 'A verifier that does not match is invalid_grant.',
    who: 'site',
    tests: { 'idp/http/wrong-tokens.test.ts': ['codes > another verifier'] },
  },
  {
    id: 'B-1',
    standard: 'RFC 9700',
    section: '2.1, 4.1.3',
    requirement: 'Ways back are compared character by character, but for the port of loopback.',
    who: 'site',
    tests: {
      [SIGN_IN_REQUEST]: [ONLY_THE_PERSON],
      'idp/clients.test.ts': [
        'the desktop’s ways back',
        'the extension’s are those of the settings, to the letter',
      ],
    },
  },
  {
    id: 'B-2',
    standard: 'RFC 9700',
    section: '2.1, 4.11',
    requirement: 'Nothing here redirects to where a stranger’s link says.',
    who: 'site',
    tests: {
      [SIGN_IN_REQUEST]: [ONLY_THE_PERSON],
      'idp/http/account.test.ts': ['each page > a sign-in comes back to no other place'],
    },
  },
  {
    id: 'B-3',
    standard: 'RFC 9700',
    section: '2.1, 4.7',
    requirement:
      'A callback counts only in the browser that began the sign-in: one-time state, nonce and PKCE.',
    who: 'site',
    tests: {
      'idp/http/sign-in-steps.test.ts': [
        'a callback that is not this sign-in’s > in another browser',
        'a callback that is not this sign-in’s > every later step, in another browser',
        'a callback that is not this sign-in’s > replayed',
      ],
    },
  },
  {
    id: 'B-4',
    standard: 'RFC 9700',
    section: '2.1, 4.4.2',
    requirement:
      'With several providers, the answer of one is never taken for another’s: iss is compared.',
    who: 'site',
    tests: {
      'idp/sign-in/provider.test.ts': [
        'a callback with one thing wrong redeems nothing > the iss of another provider (RFC 9207)',
        'an ID token with one thing wrong names nobody (OIDC Core §3.1.3.7) > of another issuer',
      ],
    },
  },
  {
    id: 'B-5',
    standard: 'RFC 9700',
    section: '2.1.1',
    requirement:
      'Public clients must use PKCE; we do so as a confidential one, too. A verifier is worth nothing for a code that was asked for without a challenge (downgrade).',
    who: 'site',
    tests: {
      [SIGN_IN_REQUEST]: [`${THE_CLIENT} > no code_challenge`],
      'idp/http/wrong-tokens.test.ts': ['codes > asked for without a challenge'],
      'idp/sign-in/provider.test.ts': [
        'an honest answer names the person; the code is redeemed with its verifier and our secret',
      ],
    },
  },
  {
    id: 'B-6',
    standard: 'RFC 9700',
    section: '2.1.2',
    requirement: 'No tokens in authorization answers: the code flow is the only one.',
    who: 'site',
    tests: {
      [SIGN_IN_REQUEST]: [
        `${THE_CLIENT} > response_type=token`,
        `${THE_CLIENT} > response_type=code id_token`,
      ],
      'idp/seed-defects.test.ts': ['S5:'],
    },
  },
  {
    id: 'B-7',
    standard: 'RFC 9700',
    section: '2.2.1',
    requirement: 'Access tokens are bound to the key of whoever proved one.',
    who: 'site',
    tests: {
      'idp/tokens/access-token.test.ts': ['with one: a DPoP token'],
      'protocol/resource.test.ts': ['a bound token is worthless without its key'],
    },
  },
  {
    id: 'B-8',
    standard: 'RFC 9700',
    section: '2.2.2',
    requirement: 'Refresh tokens of public clients are bound to a key; ours are rotated as well.',
    who: 'site',
    tests: {
      'idp/http/refresh.test.ts': [
        'theft > a copied token with another key: only that device ends',
        'theft > a token from before the last one: this session ends, reuse_detected',
      ],
      'idp/http/wrong-tokens.test.ts': ['codes > without a device key there is an access token'],
    },
  },
  {
    id: 'B-9',
    standard: 'RFC 9700',
    section: '2.3',
    requirement: 'An access token names its audience, and whoever is another refuses it.',
    who: 'service',
    tests: {
      'idp/tokens/access-token.test.ts': ['it says all that a service needs, in whole seconds'],
      'protocol/resource.test.ts': [
        'a token with one thing wrong is refused > another audience',
        'a token with one thing wrong is refused > no audience',
      ],
      'playground/service/service.test.ts': ['a token for another audience'],
    },
  },
  {
    id: 'B-10',
    standard: 'RFC 9700',
    section: '2.4',
    requirement: 'No password grant.',
    who: 'site',
    tests: { 'idp/http/grants.test.ts': ['no other grant is offered: password'] },
  },
  {
    id: 'B-11',
    standard: 'RFC 9700',
    section: '2.6',
    requirement:
      'Metadata is published, no way back is plain http but loopback, and no other origin may read what the authorization endpoint answers (CORS).',
    who: 'site',
    tests: {
      'idp/http/metadata.test.ts': ['an independent client takes it for the metadata'],
      [SIGN_IN_REQUEST]: [
        'errors that only the person hears, for the way back may be a stranger’s > redirect_uri of the extension: http',
      ],
      'idp/http/answer-headers.test.ts': [
        'whatever is asked, and however it comes out > /signin: no other origin may read the answer',
      ],
    },
  },
  {
    id: 'B-12',
    standard: 'RFC 9700',
    section: '4.12',
    requirement: 'After a form, 303 and never 307.',
    who: 'site',
    tests: {
      'idp/http/answer-headers.test.ts': [
        'a sign-in’s own redirects and the page at its end are no exception',
      ],
      'idp/http/web-session.test.ts': ['signing out > by POST from here'],
    },
  },
  {
    id: 'B-13',
    standard: 'RFC 9700',
    section: '4.14.2',
    requirement:
      'Whether a refresh token is issued is decided by risk: none without a device key, and none for the website.',
    who: 'site',
    tests: {
      'idp/http/wrong-tokens.test.ts': ['codes > without a device key there is an access token'],
      'idp/clients.test.ts': ['a browser on the site itself is sent nowhere with a code'],
    },
  },
  {
    id: 'B-14',
    standard: 'RFC 9700',
    section: '4.14.2',
    requirement:
      'Rotation keeps the relation; a token that is used again takes the active one along.',
    who: 'site',
    tests: {
      'idp/http/refresh.test.ts': [
        'theft > a token from before the last one: this session ends, reuse_detected',
        'theft > the token before, after its successor was used at the site: reuse_detected',
      ],
      'idp/sessions/rotation-model.test.ts': [
        'whatever is presented in whatever order, one successor lives at most',
      ],
    },
  },
  {
    id: 'B-15',
    standard: 'RFC 9700',
    section: '4.14.2',
    requirement:
      'The session’s id stands in the token with a checksum and counts for nothing without the secret.',
    who: 'site',
    tests: {
      'idp/http/wrong-tokens.test.ts': [
        'refresh tokens > with one character of the session changed',
        'refresh tokens > a secret that never was, with a good checksum, by a stranger: nothing ends',
      ],
    },
  },
  {
    id: 'B-16',
    standard: 'RFC 9700',
    section: '4.14.2',
    requirement: 'Refresh tokens end with a password change and with a sign-out (ours: must).',
    who: 'site',
    tests: {
      'idp/people/endings.test.ts': [
        'each path ends what it says, with one event, and one word everywhere > reset the password',
        'each path ends what it says, with one event, and one word everywhere > end this one',
      ],
    },
  },
  {
    id: 'B-17',
    standard: 'RFC 9700',
    section: '4.14.2',
    requirement: 'A client that is not used for a while is asked again.',
    who: 'site',
    tests: { 'idp/http/refresh.test.ts': ['deadlines > day 13: still in; 14 d and 1 s'] },
  },
  {
    id: 'B-18',
    standard: 'RFC 9700',
    section: '4.2, 4.3',
    requirement:
      'Nothing leaks by referrer or history: no referrer is sent, codes are good once and for a minute, a token in an address is nobody’s.',
    who: 'site',
    tests: {
      'idp/http/answer-headers.test.ts': [
        'whatever is asked, and however it comes out',
        'a sign-in’s own redirects and the page at its end are no exception',
      ],
      'idp/http/refresh.test.ts': ['theft > a code used twice takes its session along'],
      'idp/http/wrong-tokens.test.ts': [
        'codes > after 59 s: taken; after 60 s: expired',
        'access tokens at /me > in the address or in a form: nobody’s',
      ],
    },
  },
  {
    id: 'B-19',
    standard: 'RFC 9700',
    section: '4.16',
    requirement: 'No page of a sign-in can be framed.',
    who: 'site',
    tests: {
      'idp/http/answer-headers.test.ts': ['whatever is asked, and however it comes out'],
      'idp/http/sign-in-steps.test.ts': ['the chooser > offers what is open'],
    },
  },
] as const satisfies readonly Row[]
