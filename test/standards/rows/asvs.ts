import type { Row } from '../row.ts'

const ANSWER_HEADERS = 'idp/http/answer-headers.test.ts'
const WEB = 'idp/http/web-session.test.ts'
const STEPS = 'idp/http/sign-in-steps.test.ts'
const SIGN_IN_REQUEST = 'idp/http/sign-in-request.test.ts'
const PROVIDER = 'idp/sign-in/provider.test.ts'
const WRONG_TOKENS = 'idp/http/wrong-tokens.test.ts'
const REFRESH = 'idp/http/refresh.test.ts'
const ENDINGS = 'idp/people/endings.test.ts'
const ACCOUNT = 'idp/http/account.test.ts'
const RESOURCE = 'protocol/resource.test.ts'

const WRONG = 'a token with one thing wrong is refused'
const WRONG_ID = 'an ID token with one thing wrong names nobody (OIDC Core §3.1.3.7)'

/** OWASP ASVS 5.0: V3 pages, V6 and V10 signing in, V7 sessions, V9 tokens, V14 data, V16 logs. */
export const ASVS = [
  {
    id: '3.2.2',
    standard: 'ASVS 5.0',
    section: '3.2.2',
    requirement: 'Text stays text: no markup that a person or a client sends is ever rendered.',
    who: 'site',
    tests: {
      [SIGN_IN_REQUEST]: [
        'errors that only the person hears, for the way back may be a stranger’s > client_id: markup',
      ],
      'ui/page.test.tsx': ['what a page is given is text, never markup'],
    },
  },
  {
    id: '3.3.1',
    standard: 'ASVS 5.0',
    section: '3.3.1',
    requirement: 'Each cookie is Secure, under __Host-.',
    who: 'site',
    tests: {
      [WEB]: [
        'a browser on the site gets one opaque cookie, for this host alone',
        'the cookie that binds a sign-in to its browser says nothing of anybody, and is given once',
      ],
    },
  },
  {
    id: '3.3.2',
    standard: 'ASVS 5.0',
    section: '3.3.2',
    requirement:
      'Each cookie has the SameSite that its purpose allows: Lax, for the provider leads browsers back by links.',
    who: 'site',
    tests: {
      [WEB]: [
        'a browser on the site gets one opaque cookie, for this host alone',
        'the cookie that binds a sign-in to its browser says nothing of anybody, and is given once',
      ],
    },
  },
  {
    id: '3.3.3',
    standard: 'ASVS 5.0',
    section: '3.3.3',
    requirement: 'Each cookie is of this host alone, by its prefix.',
    who: 'site',
    tests: {
      [WEB]: [
        'a browser on the site gets one opaque cookie, for this host alone',
        'the cookie that binds a sign-in to its browser says nothing of anybody, and is given once',
      ],
    },
  },
  {
    id: '3.3.4',
    standard: 'ASVS 5.0',
    section: '3.3.4',
    requirement: 'No script can read a cookie, and no page repeats its value.',
    who: 'site',
    tests: {
      [WEB]: [
        'a browser on the site gets one opaque cookie, for this host alone',
        'the cookie that binds a sign-in to its browser says nothing of anybody, and is given once',
      ],
    },
  },
  {
    id: '3.3.5',
    standard: 'ASVS 5.0',
    section: '3.3.5',
    requirement: 'A cookie is small.',
    who: 'site',
    tests: {
      [WEB]: [
        'a browser on the site gets one opaque cookie, for this host alone',
        'the cookie that binds a sign-in to its browser says nothing of anybody, and is given once',
      ],
    },
  },
  {
    id: '3.4.1',
    standard: 'ASVS 5.0',
    section: '3.4.1',
    requirement:
      'Over https every answer insists on https, for more than a year and for subdomains.',
    who: 'site',
    tests: {
      [ANSWER_HEADERS]: ['over https, a browser is told to come by nothing else for two years'],
    },
  },
  {
    id: '3.4.2',
    standard: 'ASVS 5.0',
    section: '3.4.2',
    requirement: 'No answer allows another origin to read it.',
    who: 'site',
    tests: {
      [ANSWER_HEADERS]: ['whatever is asked, and however it comes out'],
    },
  },
  {
    id: '3.4.3',
    standard: 'ASVS 5.0',
    section: '3.4.3',
    requirement:
      'Every answer has a Content-Security-Policy without any script; the stylesheet is allowed by its hash.',
    who: 'site',
    tests: {
      [ANSWER_HEADERS]: ['whatever is asked, and however it comes out'],
      'ui/page.test.tsx': [
        'the policy allows the stylesheet of the page that is sent, and no script at all',
      ],
    },
  },
  {
    id: '3.4.4',
    standard: 'ASVS 5.0',
    section: '3.4.4',
    requirement: 'Every answer has nosniff.',
    who: 'site',
    tests: {
      [ANSWER_HEADERS]: ['whatever is asked, and however it comes out'],
    },
  },
  {
    id: '3.4.5',
    standard: 'ASVS 5.0',
    section: '3.4.5',
    requirement: 'Every answer says that no referrer is sent.',
    who: 'site',
    tests: {
      [ANSWER_HEADERS]: ['whatever is asked, and however it comes out'],
    },
  },
  {
    id: '3.4.6',
    standard: 'ASVS 5.0',
    section: '3.4.6',
    requirement: 'No answer can be framed.',
    who: 'site',
    tests: {
      [ANSWER_HEADERS]: ['whatever is asked, and however it comes out'],
    },
  },
  {
    id: '3.5.1',
    standard: 'ASVS 5.0',
    section: '3.5.1',
    requirement:
      'A form counts only from a page of ours: by Origin, or Sec-Fetch-Site where there is none.',
    who: 'site',
    tests: {
      'idp/http/same-origin.test.ts': [
        'a form of ours is let through',
        'anything else is turned away',
      ],
      [STEPS]: ['the chooser > from another site: refused'],
      [ACCOUNT]: ['a form that no page of ours sent changes nothing'],
      [WEB]: ['signing out > by POST from another site changes nothing'],
    },
  },
  {
    id: '3.5.2',
    standard: 'ASVS 5.0',
    section: '3.5.2',
    requirement:
      'What relies on preflights takes nothing that a plain form could send: JSON, or a DPoP header.',
    who: 'site',
    tests: {
      'idp/http/wrong-input.test.ts': [
        'registering a device > as ',
        'registering a device > without a proof',
      ],
    },
  },
  {
    id: '3.5.3',
    standard: 'ASVS 5.0',
    section: '3.5.3',
    requirement: 'Nothing changes by GET, HEAD or OPTIONS.',
    who: 'site',
    tests: {
      [WEB]: ['signing out > by GET changes nothing: it asks'],
      'idp/seed-defects.test.ts': ['S14:'],
    },
  },
  {
    id: '3.5.4',
    standard: 'ASVS 5.0',
    section: '3.5.4',
    requirement: 'Other applications live on other host names.',
    who: 'site',
    explained:
      'A matter of where it is run. The playground keeps site and provider on two names (127.0.0.1 and localhost), for ports do not separate cookies; the site has its host to itself by its cookies’ prefix.',
  },
  {
    id: '3.7.2',
    standard: 'ASVS 5.0',
    section: '3.7.2',
    requirement: 'A browser is only ever sent to addresses that are known beforehand.',
    who: 'site',
    tests: {
      [SIGN_IN_REQUEST]: [
        'errors that only the person hears, for the way back may be a stranger’s > redirect_uri',
      ],
      [ACCOUNT]: ['each page > a sign-in comes back to no other place'],
      'idp/seed-defects.test.ts': ['S13:'],
    },
  },
  {
    id: '6.8.1',
    standard: 'ASVS 5.0',
    section: '6.8.1',
    requirement: 'A person is a provider and its subject together, never an e-mail address.',
    who: 'site',
    tests: {
      [STEPS]: [
        'somebody with the same e-mail at another issuer, or another subject, is somebody else',
      ],
      'idp/tokens/secret.test.ts': ['the same subject at another issuer is another person'],
    },
  },
  {
    id: '6.8.2',
    standard: 'ASVS 5.0',
    section: '6.8.2',
    requirement: 'Assertions of providers are verified by signature; unsigned ones are nothing.',
    who: 'site',
    tests: {
      [PROVIDER]: [`${WRONG_ID} > signed by a stranger`, `${WRONG_ID} > unsigned`],
    },
  },
  {
    id: '6.8.4',
    standard: 'ASVS 5.0',
    section: '6.8.4',
    requirement:
      'How recently the provider proved the person is checked; where it does not say, nobody is let in.',
    who: 'site',
    tests: {
      [STEPS]: ['a provider that says no > auth_time'],
    },
  },
  {
    id: '7.1.1',
    standard: 'ASVS 5.0',
    section: '7.1.1',
    requirement:
      'Idle and absolute lifetimes are written down, with the reason why they are longer than NIST’s.',
    who: 'site',
    explained:
      'Written down in SECURITY.md, “Lifetimes, and why so long”; the figures are held by 7.3.1 and 7.3.2.',
  },
  {
    id: '7.1.2',
    standard: 'ASVS 5.0',
    section: '7.1.2',
    requirement: 'How many sessions a person may have at once is written down.',
    who: 'site',
    explained:
      'Written down in SECURITY.md, “Lifetimes, and why so long”: one for each device and browser, as many of those as the person has, all listed where they can be ended.',
  },
  {
    id: '7.1.3',
    standard: 'ASVS 5.0',
    section: '7.1.3',
    requirement: 'How the lifetimes of provider, site and services fit together is written down.',
    who: 'site',
    explained:
      'Written down in SECURITY.md, “Lifetimes, and why so long”: the provider’s session ends at sign-in, services go by the access token and what they are told.',
  },
  {
    id: '7.2.1',
    standard: 'ASVS 5.0',
    section: '7.2.1',
    requirement: 'Sessions are judged on the server, from the store.',
    who: 'site',
    tests: {
      [WEB]: ['a session cookie that nobody was given', 'an ended session says why'],
      'idp/seed-defects.test.ts': ['S1:'],
    },
  },
  {
    id: '7.2.2',
    standard: 'ASVS 5.0',
    section: '7.2.2',
    requirement: 'Nothing static lets anybody in: each session has secrets of its own.',
    who: 'site',
    tests: {
      'idp/tokens/secret.test.ts': [
        'secrets are 43 characters that need no escaping, and never come twice',
      ],
    },
  },
  {
    id: '7.2.3',
    standard: 'ASVS 5.0',
    section: '7.2.3',
    requirement: 'Session secrets are 128 random bits or more.',
    who: 'site',
    tests: {
      'idp/tokens/secret.test.ts': [
        'secrets are 43 characters that need no escaping, and never come twice',
      ],
      'idp/tokens/refresh-token.test.ts': [
        'two sessions, two ids; two secrets differ, and each has 256 bits',
      ],
    },
  },
  {
    id: '7.2.4',
    standard: 'ASVS 5.0',
    section: '7.2.4',
    requirement: 'Signing in again makes a new session and ends the one before.',
    who: 'site',
    tests: {
      [WEB]: ['an ended session says why > a newer sign-in in this browser'],
      [REFRESH]: [
        'the person > a new sign-in on the same device takes the place of the one before',
      ],
    },
  },
  {
    id: '7.3.1',
    standard: 'ASVS 5.0',
    section: '7.3.1',
    requirement: 'Two weeks without use end a session.',
    who: 'site',
    tests: {
      [REFRESH]: ['deadlines > day 13: still in; 14 d and 1 s of silence: idle_expired'],
      [WEB]: ['an ended session says why > 14 d of silence'],
    },
  },
  {
    id: '7.3.2',
    standard: 'ASVS 5.0',
    section: '7.3.2',
    requirement: 'Half a year ends a session, however often it was used.',
    who: 'site',
    tests: {
      [REFRESH]: ['deadlines > used every ten days until day 180'],
      [WEB]: ['an ended session says why > 180 d, however often it was used'],
    },
  },
  {
    id: '7.4.1',
    standard: 'ASVS 5.0',
    section: '7.4.1',
    requirement:
      'What has ended is of no use any more, at the site at once, at a service as soon as it hears.',
    who: 'site',
    tests: {
      [ENDINGS]: ['each path ends what it says, with one event, and one word everywhere'],
      'playground/service/service.test.ts': [
        'the session ended elsewhere: refused at once, with the reason, though the token verifies',
      ],
      [WRONG_TOKENS]: ['revocation > takes the access tokens of the session along'],
    },
  },
  {
    id: '7.4.2',
    standard: 'ASVS 5.0',
    section: '7.4.2',
    requirement: 'Disabling or deleting a person ends all their sessions.',
    who: 'site',
    tests: {
      [ENDINGS]: [
        'each path ends what it says, with one event, and one word everywhere > disable logins now',
      ],
      [REFRESH]: ['the person > logins_disabled', 'the person > user_deleted'],
    },
  },
  {
    id: '7.4.3',
    standard: 'ASVS 5.0',
    section: '7.4.3',
    requirement:
      'After a changed password everything else ends, and the person can ask for just that.',
    who: 'site',
    tests: {
      [ENDINGS]: [
        'each path ends what it says, with one event, and one word everywhere > reset the password',
      ],
      [ACCOUNT]: ['logins > reset ends everything here and elsewhere'],
    },
  },
  {
    id: '7.4.4',
    standard: 'ASVS 5.0',
    section: '7.4.4',
    requirement: 'Every page of a signed-in person has the way out on it.',
    who: 'site',
    tests: {
      [ACCOUNT]: ['each page > /account/devices: has a way to sign out'],
    },
  },
  {
    id: '7.4.5',
    standard: 'ASVS 5.0',
    section: '7.4.5',
    requirement: 'An administrator can end the sessions of a person.',
    who: 'site',
    tests: {
      'idp/http/admin.test.ts': [
        'logins off now, by an administrator: all ends',
        'a reset by an administrator ends everything',
      ],
    },
  },
  {
    id: '7.5.1',
    standard: 'ASVS 5.0',
    section: '7.5.1',
    requirement: 'What is sensitive takes a sign-in of the last ten minutes.',
    who: 'site',
    tests: {
      [ENDINGS]: ['what nobody may > disable or reset 10 minutes and a second after the sign-in'],
      [ACCOUNT]: [
        'logins > now: not without a fresh sign-in',
        'logins > expiry: not without a fresh sign-in',
        'logins > reset: not without a fresh sign-in',
      ],
    },
  },
  {
    id: '7.5.2',
    standard: 'ASVS 5.0',
    section: '7.5.2',
    requirement: 'A person sees their sessions and ends any or all of them, after a fresh sign-in.',
    who: 'site',
    tests: {
      [ACCOUNT]: [
        'devices > end one',
        'devices > end all others',
        'devices > end all',
        'devices > 10 minutes and a second after the sign-in, nothing ends',
      ],
    },
  },
  {
    id: '7.6.1',
    standard: 'ASVS 5.0',
    section: '7.6.1',
    requirement:
      'A session never outlives what was said to be the longest time between two sign-ins at the provider.',
    who: 'site',
    tests: {
      [REFRESH]: ['deadlines > used every ten days until day 180'],
    },
  },
  {
    id: '7.6.2',
    standard: 'ASVS 5.0',
    section: '7.6.2',
    requirement: 'No session begins without the person doing something.',
    who: 'site',
    tests: {
      [WEB]: ['being signed in here never makes a later sign-in silent'],
      [PROVIDER]: ['the provider is always asked to ask: prompt=login and max_age=0'],
    },
  },
  {
    id: '9.1.1',
    standard: 'ASVS 5.0',
    section: '9.1.1',
    requirement: 'A signature is verified before anything else of a token is believed.',
    who: 'site',
    tests: {
      [RESOURCE]: [`${WRONG} > signed by a stranger under our kid`, `${WRONG} > alg none`],
      [PROVIDER]: [`${WRONG_ID} > signed by a stranger`],
    },
  },
  {
    id: '9.1.2',
    standard: 'ASVS 5.0',
    section: '9.1.2',
    requirement:
      'Algorithms are taken from a list: no none, and no symmetric one keyed with something public.',
    who: 'site',
    tests: {
      [RESOURCE]: [`${WRONG} > HS256 keyed with our public key`, `${WRONG} > alg none`],
      [PROVIDER]: [`${WRONG_ID} > HS256 keyed with our own secret`, `${WRONG_ID} > unsigned`],
    },
  },
  {
    id: '9.1.3',
    standard: 'ASVS 5.0',
    section: '9.1.3',
    requirement: 'Keys are the issuer’s own, never those that a token brings or links to.',
    who: 'site',
    tests: {
      [RESOURCE]: [
        `${WRONG} > signed by the key that it brings along`,
        `${WRONG} > signed by a key that it links to`,
      ],
      [PROVIDER]: [`${WRONG_ID} > signed by a key that it brings along`],
    },
  },
  {
    id: '9.2.1',
    standard: 'ASVS 5.0',
    section: '9.2.1',
    requirement: 'exp and nbf are held to.',
    who: 'site',
    tests: {
      [RESOURCE]: [
        `${WRONG} > no end`,
        `${WRONG} > not begun`,
        '59 min 59 s after its issue a token is taken; at 60 min it is not',
      ],
    },
  },
  {
    id: '9.2.2',
    standard: 'ASVS 5.0',
    section: '9.2.2',
    requirement: 'A token is taken for what its type says, and for nothing else.',
    who: 'site',
    tests: {
      [RESOURCE]: [`${WRONG} > an ID token: typ JWT`, `${WRONG} > a DPoP proof in its place`],
      'protocol/dpop/check.test.ts': [
        'the checks of RFC 9449 §4.3: one thing wrong, and the proof is refused > 4: typ at+jwt',
      ],
    },
  },
  {
    id: '9.2.3',
    standard: 'ASVS 5.0',
    section: '9.2.3',
    requirement: 'A token for another audience is refused.',
    who: 'service',
    tests: {
      [RESOURCE]: [`${WRONG} > another audience`, `${WRONG} > no audience`],
    },
  },
  {
    id: '9.2.4',
    standard: 'ASVS 5.0',
    section: '9.2.4',
    requirement: 'Where one key signs for several audiences, each token names its own.',
    who: 'site',
    tests: {
      'idp/tokens/access-token.test.ts': ['it says all that a service needs, in whole seconds'],
      'idp/services/security-event.test.ts': [
        'over the wire > its key verifies no access token, and the key of access tokens verifies no SET',
      ],
    },
  },
  {
    id: '10.1.1',
    standard: 'ASVS 5.0',
    section: '10.1.1',
    requirement:
      'Tokens go only where they are needed: none in an address, none to a browser on the site, none to an origin that is not configured.',
    who: 'site',
    tests: {
      'idp/seed-defects.test.ts': ['S5:'],
      'client/engine.test.ts': ['the token is shown to no origin but the configured ones'],
    },
  },
  {
    id: '10.1.2',
    standard: 'ASVS 5.0',
    section: '10.1.2',
    requirement:
      'Codes and ID tokens count only in the browser and for the transaction that they were asked for by.',
    who: 'site',
    tests: {
      [STEPS]: ['a callback that is not this sign-in’s > in another browser'],
      [PROVIDER]: [
        `${WRONG_ID} > with another nonce`,
        'state, nonce and verifier are 256 random bits each',
      ],
      [WRONG_TOKENS]: ['codes > another verifier'],
    },
  },
  {
    id: '10.2.1',
    standard: 'ASVS 5.0',
    section: '10.2.1',
    requirement: 'As a client: PKCE and state against forged callbacks.',
    who: 'site',
    tests: {
      [PROVIDER]: ['a callback with one thing wrong redeems nothing > another state'],
      [STEPS]: ['a callback that is not this sign-in’s > a forged state'],
    },
  },
  {
    id: '10.2.2',
    standard: 'ASVS 5.0',
    section: '10.2.2',
    requirement: 'As a client of several providers: mix-up is caught by iss.',
    who: 'site',
    tests: {
      [PROVIDER]: [
        'a callback with one thing wrong redeems nothing > the iss of another provider (RFC 9207)',
      ],
    },
  },
  {
    id: '10.2.3',
    standard: 'ASVS 5.0',
    section: '10.2.3',
    requirement: 'As a client: only the scopes that are needed.',
    who: 'site',
    explained:
      'The setting of each provider says which; openid is the default, and nothing but the ID token is ever used.',
  },
  {
    id: '10.3.1',
    standard: 'ASVS 5.0',
    section: '10.3.1',
    requirement: 'A service takes tokens only that are meant for it.',
    who: 'service',
    tests: {
      [RESOURCE]: [`${WRONG} > another audience`],
      'playground/service/service.test.ts': ['a token for another audience'],
    },
  },
  {
    id: '10.3.2',
    standard: 'ASVS 5.0',
    section: '10.3.2',
    requirement: 'A service decides by what the token says of account, role and plan.',
    who: 'service',
    tests: {
      'playground/service/service.test.ts': [
        'a token and a fresh proof of its key: served, with what the token says',
      ],
      [RESOURCE]: [`${WRONG} > a role that does not exist`],
    },
  },
  {
    id: '10.3.3',
    standard: 'ASVS 5.0',
    section: '10.3.3',
    requirement: 'A service knows a person by iss and sub, which are never given to another.',
    who: 'service',
    tests: {
      'idp/tokens/secret.test.ts': [
        'a key has one device and a subject one person, each time again',
        'the same subject at another issuer is another person',
      ],
      [RESOURCE]: [`${WRONG} > another issuer`],
    },
  },
  {
    id: '10.3.4',
    standard: 'ASVS 5.0',
    section: '10.3.4',
    requirement: 'What needs a recent sign-in looks at auth_time.',
    who: 'site',
    tests: {
      [ENDINGS]: ['what nobody may > disable or reset 10 minutes and a second after the sign-in'],
    },
  },
  {
    id: '10.3.5',
    standard: 'ASVS 5.0',
    section: '10.3.5',
    requirement: 'Stolen access tokens are worthless without the key.',
    who: 'service',
    tests: {
      [RESOURCE]: ['a bound token is worthless without its key'],
      'playground/service/service.test.ts': ['a token without a proof', 'another device’s proof'],
    },
  },
  {
    id: '10.4.1',
    standard: 'ASVS 5.0',
    section: '10.4.1',
    requirement:
      'Ways back are on a list of each client’s own and compared exactly, but for the loopback port.',
    who: 'site',
    tests: {
      [SIGN_IN_REQUEST]: [
        'errors that only the person hears, for the way back may be a stranger’s > redirect_uri',
      ],
      'idp/clients.test.ts': ['the extension’s are those of the settings, to the letter'],
    },
  },
  {
    id: '10.4.2',
    standard: 'ASVS 5.0',
    section: '10.4.2',
    requirement: 'A code is good once; the second use ends what the first one gave.',
    who: 'site',
    tests: {
      [REFRESH]: ['theft > a code used twice takes its session along'],
    },
  },
  {
    id: '10.4.3',
    standard: 'ASVS 5.0',
    section: '10.4.3',
    requirement: 'A code lives for a minute.',
    who: 'site',
    tests: {
      [WRONG_TOKENS]: ['codes > after 59 s: taken; after 60 s: expired'],
    },
  },
  {
    id: '10.4.4',
    standard: 'ASVS 5.0',
    section: '10.4.4',
    requirement: 'Only the grants that our clients need: no implicit flow, no passwords.',
    who: 'site',
    tests: {
      'idp/http/grants.test.ts': ['no other grant is offered'],
      [SIGN_IN_REQUEST]: [
        'errors that the client hears: error, a sentence, its state and iss > response_type=token',
      ],
    },
  },
  {
    id: '10.4.5',
    standard: 'ASVS 5.0',
    section: '10.4.5',
    requirement:
      'Refresh tokens are bound to a key and rotated; a used one that comes again ends that authorization.',
    who: 'site',
    tests: {
      [REFRESH]: [
        'theft > a token from before the last one: this session ends, reuse_detected',
        'theft > a copied token with another key',
      ],
    },
  },
  {
    id: '10.4.6',
    standard: 'ASVS 5.0',
    section: '10.4.6',
    requirement: 'PKCE is required, S256 alone, and the verifier is compared.',
    who: 'site',
    tests: {
      [SIGN_IN_REQUEST]: [
        'errors that the client hears: error, a sentence, its state and iss > no code_challenge',
        'errors that the client hears: error, a sentence, its state and iss > method plain',
      ],
      [WRONG_TOKENS]: ['codes > another verifier'],
    },
  },
  {
    id: '10.4.7',
    standard: 'ASVS 5.0',
    section: '10.4.7',
    requirement: 'Strangers’ clients do not register themselves.',
    who: 'site',
    explained:
      'There is no dynamic client registration: three clients are known (idp/clients.ts). What registers is a device, which is nobody until a person signs in on it.',
  },
  {
    id: '10.4.8',
    standard: 'ASVS 5.0',
    section: '10.4.8',
    requirement: 'Refresh tokens end absolutely, however often they slide.',
    who: 'site',
    tests: {
      [REFRESH]: [
        'deadlines > used every ten days until day 180: absolute_expired, and the last access token ends there too',
      ],
    },
  },
  {
    id: '10.4.9',
    standard: 'ASVS 5.0',
    section: '10.4.9',
    requirement: 'A person revokes refresh tokens on their own page.',
    who: 'site',
    tests: {
      [ACCOUNT]: ['devices > end one', 'devices > end all'],
    },
  },
  {
    id: '10.4.10',
    standard: 'ASVS 5.0',
    section: '10.4.10',
    requirement: 'Confidential clients authenticate.',
    who: 'site',
    explained:
      'All our clients are public. As a confidential client of the provider, the site does: see idp/sign-in/provider.test.ts.',
  },
  {
    id: '10.4.11',
    standard: 'ASVS 5.0',
    section: '10.4.11',
    requirement: 'A client is given only the scopes that it needs.',
    who: 'site',
    explained: 'There is one scope, the whole of our own app (see J-4).',
  },
  {
    id: '10.4.12',
    standard: 'ASVS 5.0',
    section: '10.4.12',
    requirement: 'Only the response_mode that our clients need.',
    who: 'site',
    tests: {
      [SIGN_IN_REQUEST]: [
        'errors that the client hears: error, a sentence, its state and iss > response_mode=fragment',
        'errors that the client hears: error, a sentence, its state and iss > response_mode=form_post',
      ],
    },
  },
  {
    id: '10.4.13',
    standard: 'ASVS 5.0',
    section: '10.4.13',
    requirement: 'Requests are pushed (PAR).',
    who: 'site',
    explained:
      'Level 3, left on purpose: what PAR protects (who asks, for which key, with which challenge) is bound by dpop_jkt and PKCE, and there is nothing confidential in a request.',
  },
  {
    id: '10.4.14',
    standard: 'ASVS 5.0',
    section: '10.4.14',
    requirement: 'Access tokens are bound to a key.',
    who: 'site',
    tests: {
      'idp/tokens/access-token.test.ts': ['with one: a DPoP token'],
      [ENDINGS]: ['what nobody may > change anything with a bearer token'],
    },
  },
  {
    id: '10.4.15',
    standard: 'ASVS 5.0',
    section: '10.4.15',
    requirement: 'authorization_details come from the client’s backend.',
    who: 'site',
    explained: 'There are none.',
  },
  {
    id: '10.4.16',
    standard: 'ASVS 5.0',
    section: '10.4.16',
    requirement: 'Clients are confidential and authenticate by public key.',
    who: 'site',
    explained:
      'Level 3. Apps on devices can’t keep a secret, so they are public; each installation holds a key of its own, without which nothing is renewed.',
  },
  {
    id: '10.5.1',
    standard: 'ASVS 5.0',
    section: '10.5.1',
    requirement: 'As a relying party: an ID token that is replayed has the wrong nonce.',
    who: 'site',
    tests: {
      [PROVIDER]: [`${WRONG_ID} > with another nonce`, `${WRONG_ID} > without a nonce`],
    },
  },
  {
    id: '10.5.2',
    standard: 'ASVS 5.0',
    section: '10.5.2',
    requirement: 'As a relying party: a person is known by the subject.',
    who: 'site',
    tests: {
      [STEPS]: [
        'somebody with the same e-mail at another issuer, or another subject, is somebody else',
      ],
    },
  },
  {
    id: '10.5.3',
    standard: 'ASVS 5.0',
    section: '10.5.3',
    requirement: 'As a relying party: metadata of another issuer is not used.',
    who: 'site',
    tests: {
      [PROVIDER]: ['metadata > of another issuer', 'metadata > of an issuer that ends otherwise'],
    },
  },
  {
    id: '10.5.4',
    standard: 'ASVS 5.0',
    section: '10.5.4',
    requirement: 'As a relying party: the ID token is for us.',
    who: 'site',
    tests: {
      [PROVIDER]: [
        `${WRONG_ID} > for another client`,
        `${WRONG_ID} > for several, and authorized for another`,
        `${WRONG_ID} > without an audience`,
      ],
    },
  },
  {
    id: '10.5.5',
    standard: 'ASVS 5.0',
    section: '10.5.5',
    requirement: 'As a relying party: logout tokens are told from all others.',
    who: 'site',
    explained:
      'None is taken: Azure AD B2C has no back-channel logout (see K-1). That one passes for no access token is J-7.',
  },
  {
    id: '10.6.1',
    standard: 'ASVS 5.0',
    section: '10.6.1',
    requirement: 'As a provider: only the response type code.',
    who: 'site',
    tests: {
      [SIGN_IN_REQUEST]: [
        'errors that the client hears: error, a sentence, its state and iss > response_type=code id_token',
      ],
    },
  },
  {
    id: '10.6.2',
    standard: 'ASVS 5.0',
    section: '10.6.2',
    requirement: 'Nobody can be signed out by a link.',
    who: 'site',
    tests: {
      [WEB]: [
        'signing out > by GET changes nothing: it asks',
        'signing out > by POST from another site changes nothing',
      ],
    },
  },
  {
    id: '10.7.1',
    standard: 'ASVS 5.0',
    section: '10.7.1',
    requirement: 'A person agrees to each authorization.',
    who: 'site',
    tests: {
      [WEB]: ['being signed in here never makes a later sign-in silent'],
      [PROVIDER]: ['the provider is always asked to ask: prompt=login and max_age=0'],
    },
  },
  {
    id: '10.7.2',
    standard: 'ASVS 5.0',
    section: '10.7.2',
    requirement: 'What is agreed to is said clearly.',
    who: 'site',
    explained:
      'Our own apps sign a person in to all of their account, and the person typed their password for just that; there is nothing narrower to agree to.',
  },
  {
    id: '10.7.3',
    standard: 'ASVS 5.0',
    section: '10.7.3',
    requirement: 'A person sees and takes back what they agreed to.',
    who: 'site',
    tests: {
      [ACCOUNT]: ['devices > end one', 'devices > end all'],
    },
  },
  {
    id: '14.2.1',
    standard: 'ASVS 5.0',
    section: '14.2.1',
    requirement: 'No secret in an address, but the one-time code that is bound to a key.',
    who: 'site',
    tests: {
      'idp/seed-defects.test.ts': ['S5:'],
      [WRONG_TOKENS]: ['access tokens at /me > in the address or in a form: nobody’s'],
      'client/sign-in.test.ts': [
        'what the browser opens names client, device, key and challenge, and nothing secret',
      ],
    },
  },
  {
    id: '14.3.1',
    standard: 'ASVS 5.0',
    section: '14.3.1',
    requirement: 'What a browser kept of a person is cleared at the end.',
    who: 'site',
    tests: {
      [WEB]: ['signing out > by POST from here'],
      'client/engine.test.ts': ['signing out in a train: wiped at once'],
    },
  },
  {
    id: '14.3.2',
    standard: 'ASVS 5.0',
    section: '14.3.2',
    requirement: 'Nothing is kept in caches.',
    who: 'site',
    tests: {
      [ANSWER_HEADERS]: ['whatever is asked, and however it comes out'],
    },
  },
  {
    id: '16.2.1',
    standard: 'ASVS 5.0',
    section: '16.2.1',
    requirement: 'The log says when, where, who and what.',
    who: 'site',
    tests: {
      'idp/http/admin.test.ts': ['the log tells who did what to whom, why and from where'],
    },
  },
  {
    id: '16.2.2',
    standard: 'ASVS 5.0',
    section: '16.2.2',
    requirement: 'All moments are UTC, by one clock.',
    who: 'site',
    tests: {
      'playground/lint-rules.parts.test.ts': ['Date.now(): only clock/ and tests say it'],
      'idp/sessions/endings.test.ts': ['an ending writes the session, the event and one delivery'],
    },
  },
  {
    id: '16.2.5',
    standard: 'ASVS 5.0',
    section: '16.2.5',
    requirement: 'No token, code, key or password is ever logged.',
    who: 'site',
    tests: {
      'idp/http/log.test.ts': [
        'at LOG_LEVEL=debug, a whole life with all its failures leaves no secret in the log',
      ],
      'client/engine.test.ts': ['no secret ever reaches the log'],
    },
  },
  {
    id: '16.3.1',
    standard: 'ASVS 5.0',
    section: '16.3.1',
    requirement: 'Every sign-in and every ending is in the log.',
    who: 'site',
    tests: {
      'idp/http/admin.test.ts': ['the log tells who did what to whom, why and from where'],
      'idp/sessions/endings.test.ts': ['the log says who did it, from where, and why'],
    },
  },
  {
    id: '16.5.1',
    standard: 'ASVS 5.0',
    section: '16.5.1',
    requirement: 'An unexpected failure tells nothing of the inside.',
    who: 'site',
    tests: {
      'idp/http/fuzz.test.ts': [
        'whatever 400 requests of chance bring: never a 5xx, never a look inside',
      ],
    },
  },
  {
    id: '16.5.2',
    standard: 'ASVS 5.0',
    section: '16.5.2',
    requirement: 'Whatever outside is down, we go on or say so.',
    who: 'site',
    tests: {
      [PROVIDER]: ['metadata > is asked for once, and so are the keys'],
      'idp/services/courier.test.ts': [
        'one lane for each > three that never answer delay nobody else',
      ],
    },
  },
  {
    id: '16.5.3',
    standard: 'ASVS 5.0',
    section: '16.5.3',
    requirement: 'Failures close: what can’t be written is not acknowledged, and the site stops.',
    who: 'site',
    tests: {
      'idp/store/failure.test.ts': [
        'ENOSPC: the store stops, for those who wait and all who come',
        'a snapshot whose write fails stops the store',
      ],
    },
  },
  {
    id: '16.5.4',
    standard: 'ASVS 5.0',
    section: '16.5.4',
    requirement: 'A last-resort handler catches all the rest.',
    who: 'site',
    tests: {
      'idp/http/fuzz.test.ts': ['whatever 400 requests of chance bring'],
      'idp/http/malformed-http.test.ts': ['nothing of all this was an unexpected failure'],
    },
  },
] as const satisfies readonly Row[]
