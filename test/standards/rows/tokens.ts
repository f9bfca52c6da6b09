import type { Row } from '../row.ts'

const RESOURCE = 'protocol/resource.test.ts'
const WRONG = 'a token with one thing wrong is refused'
const PROVIDER = 'idp/sign-in/provider.test.ts'
const WRONG_ID = 'an ID token with one thing wrong names nobody (OIDC Core §3.1.3.7)'
const STEPS = 'idp/http/sign-in-steps.test.ts'
const SAYS_ALL = 'it says all that a service needs, in whole seconds (RFC 9068 §2.2)'

const NO_BACK_CHANNEL =
  'Back-channel logout is for the clients of an OpenID provider. Ours are apps on devices, which nobody can call; services are told by Standard Webhooks and CAEP. And Azure AD B2C sends none to us.'

/** RFC 9068, OpenID Connect: what tokens say, and what is believed of others’. */
export const TOKENS = [
  {
    id: 'J-1',
    standard: 'RFC 9068',
    section: '2.1',
    requirement: 'An access token has typ at+jwt and a signature; none is no algorithm.',
    who: 'site',
    tests: {
      'idp/tokens/access-token.test.ts': [SAYS_ALL],
      [RESOURCE]: [`${WRONG} > no typ at all`, `${WRONG} > alg none`],
    },
  },
  {
    id: 'J-2',
    standard: 'RFC 9068',
    section: '2.2',
    requirement: 'iss, exp, aud, sub, client_id, iat and jti are there; sub is the person.',
    who: 'site',
    tests: {
      'idp/tokens/access-token.test.ts': [SAYS_ALL, 'two tokens of one moment have two ids'],
      'idp/standard-clients.parts.test.ts': ['oauth4webapi > the same'],
      'idp/seed-defects.test.ts': ['S10:'],
    },
  },
  {
    id: 'J-3',
    standard: 'RFC 9068',
    section: '2.2.1',
    requirement: 'auth_time tells of the sign-in and does not move with a refresh.',
    who: 'site',
    tests: { 'idp/http/refresh.test.ts': ['what a token says of the sign-in stays as it was'] },
  },
  {
    id: 'J-3a',
    standard: 'RFC 9068',
    section: '2.2.1',
    requirement: 'acr and amr tell how the person proved themselves.',
    who: 'site',
    explained:
      'The provider proves the person, and Azure AD B2C says neither of them: a claim that nobody can vouch for is left out.',
  },
  {
    id: 'J-4',
    standard: 'RFC 9068',
    section: '2.2.3',
    requirement: 'What the token may be used for: scope, and roles.',
    who: 'site',
    explained:
      'There is one scope, the whole of the app, so none is named (§2.2.3 asks for it only when one was requested, and a request’s is ignored). The role in the account is in the claim “account”.',
  },
  {
    id: 'J-5',
    standard: 'RFC 9068',
    section: '3',
    requirement: 'aud is the default resource, the setting AUDIENCE.',
    who: 'site',
    tests: { 'idp/tokens/access-token.test.ts': [SAYS_ALL] },
  },
  {
    id: 'J-6',
    standard: 'RFC 9068',
    section: '4',
    requirement:
      'A service checks typ, iss, aud, signature and exp, and answers 401 invalid_token.',
    who: 'service',
    tests: {
      [RESOURCE]: [
        `${WRONG} > an ID token: typ JWT`,
        `${WRONG} > another issuer`,
        `${WRONG} > another audience`,
        `${WRONG} > signed by a stranger under our kid`,
        '59 min 59 s after its issue a token is taken; at 60 min it is not',
      ],
      'playground/service/service.test.ts': ['an expired token', 'a JWT of another kind'],
    },
  },
  {
    id: 'J-7',
    standard: 'RFC 9068',
    section: '5',
    requirement: 'ID tokens, logout tokens, event tokens and proofs never pass as access tokens.',
    who: 'service',
    tests: {
      [RESOURCE]: [
        `${WRONG} > an ID token: typ JWT`,
        `${WRONG} > a logout token`,
        `${WRONG} > a security event`,
        `${WRONG} > a DPoP proof in its place`,
      ],
    },
  },
  {
    id: 'J-8',
    standard: 'RFC 9068',
    section: '6',
    requirement: 'No personal data that no service needs: neither the person’s name nor e-mail.',
    who: 'site',
    tests: { 'idp/seed-defects.test.ts': ['S10:'] },
  },
  {
    id: 'O-1',
    standard: 'OIDC Core',
    section: '3.1.3.7',
    requirement:
      'All checks of an ID token are made: issuer, audience, azp, signature, algorithm, times, nonce.',
    who: 'site',
    tests: { [PROVIDER]: [WRONG_ID] },
  },
  {
    id: 'O-2',
    standard: 'OIDC Core',
    section: '3.1.2.1',
    requirement: 'max_age was sent, so auth_time must be there and recent enough; 0 counts.',
    who: 'site',
    tests: {
      [STEPS]: ['a provider that says no > auth_time'],
      'idp/sign-in/answer.test.ts': [
        'without tolerance, the same second is still good and the one before is not',
      ],
      [PROVIDER]: ['the provider is always asked to ask: prompt=login and max_age=0'],
    },
  },
  {
    id: 'O-3',
    standard: 'OIDC Core',
    section: '3.1.2.6',
    requirement:
      'prompt=none without a session is answered login_required: the probe that proves the purge.',
    who: 'site',
    tests: {
      [STEPS]: ['what the probe proves'],
      [PROVIDER]: ['the probe asks for nothing but an answer'],
    },
  },
  {
    id: 'O-4',
    standard: 'OIDC Core',
    section: '12.2',
    requirement: 'A refresh keeps iss, sub and auth_time.',
    who: 'site',
    tests: { 'idp/http/refresh.test.ts': ['what a token says of the sign-in stays as it was'] },
  },
  {
    id: 'L-1',
    standard: 'OIDC RP-Initiated Logout',
    section: '2',
    requirement: 'As its client we lead the browser to the provider’s logout with id_token_hint.',
    who: 'site',
    tests: {
      [PROVIDER]: ['the probe asks for nothing but an answer; the logout says whose session'],
    },
  },
  {
    id: 'L-2',
    standard: 'OIDC RP-Initiated Logout',
    section: '3',
    requirement:
      'post_logout_redirect_uri is the one that is registered; the state that comes back is compared.',
    who: 'site',
    tests: {
      [PROVIDER]: ['the probe asks for nothing but an answer; the logout says whose session'],
      [STEPS]: [
        'a callback that is not this sign-in’s > a forged state',
        'a callback that is not this sign-in’s > steps in the wrong order',
      ],
    },
  },
  {
    id: 'L-3',
    standard: 'OIDC RP-Initiated Logout',
    section: '4, 6',
    requirement: 'Nobody is signed out by a link or by another site’s form.',
    who: 'site',
    tests: {
      'idp/http/web-session.test.ts': [
        'signing out > by GET changes nothing: it asks',
        'signing out > by POST from another site changes nothing',
      ],
    },
  },
  {
    id: 'K-1',
    standard: 'OIDC Back-Channel Logout',
    section: '2.4',
    requirement: 'The claims of a logout token, its type, and no nonce.',
    who: 'site',
    explained: NO_BACK_CHANNEL,
  },
  {
    id: 'K-2',
    standard: 'OIDC Back-Channel Logout',
    section: '2.5',
    requirement: 'It is posted as a form.',
    who: 'site',
    explained: NO_BACK_CHANNEL,
  },
  {
    id: 'K-3',
    standard: 'OIDC Back-Channel Logout',
    section: '2.6',
    requirement: 'It is validated in order, and its jti seen once.',
    who: 'site',
    explained: NO_BACK_CHANNEL,
  },
  {
    id: 'K-4',
    standard: 'OIDC Back-Channel Logout',
    section: '2.7',
    requirement: 'Refresh tokens without offline_access end with it.',
    who: 'site',
    explained: NO_BACK_CHANNEL,
  },
  {
    id: 'K-5',
    standard: 'OIDC Back-Channel Logout',
    section: '2.8',
    requirement: 'It is answered 200 or 400, and kept nowhere.',
    who: 'site',
    explained: NO_BACK_CHANNEL,
  },
  {
    id: 'K-6',
    standard: 'OIDC Back-Channel Logout',
    section: '4',
    requirement: 'It lives for two minutes at most.',
    who: 'site',
    explained: NO_BACK_CHANNEL,
  },
] as const satisfies readonly Row[]
