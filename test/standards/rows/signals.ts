import type { Row } from '../row.ts'

const COURIER = 'idp/services/courier.test.ts'
const SET = 'idp/services/security-event.test.ts'
const SERVICE = 'playground/service/service.test.ts'

/** Standard Webhooks, SETs and CAEP: how services hear. */
export const SIGNALS = [
  {
    id: 'W-1',
    standard: 'Standard Webhooks',
    section: 'Webhook headers',
    requirement:
      'webhook-id is the same for each attempt, webhook-timestamp the attempt’s own, webhook-signature a list of v1 signatures.',
    who: 'site',
    tests: {
      [COURIER]: [
        'what is sent > a retry has the same id, and the timestamp and signature of its own moment',
        'what is sent > the unmodified verifier takes what really came, by the old secret and by the new',
      ],
    },
  },
  {
    id: 'W-2',
    standard: 'Standard Webhooks',
    section: 'Signature scheme',
    requirement: 'What is signed is id.timestamp.body, to the byte.',
    who: 'site',
    tests: {
      [COURIER]: ['what is sent > the unmodified verifier takes what really came'],
      [SERVICE]: ['the published vector of Standard Webhooks verifies'],
    },
  },
  {
    id: 'W-3',
    standard: 'Standard Webhooks',
    section: 'Signature scheme',
    requirement:
      'A secret has 24 to 64 bytes behind whsec_, each endpoint its own; while it is replaced, both sign.',
    who: 'site',
    tests: {
      [COURIER]: [
        'what is sent > the unmodified verifier takes what really came, by the old secret and by the new',
      ],
      'idp/start.parts.test.ts': [
        'a start that can’t be says so in one sentence and changes nothing > a bad SERVICES',
      ],
    },
  },
  {
    id: 'W-4',
    standard: 'Standard Webhooks',
    section: 'Verifying webhook authenticity',
    requirement:
      'A receiver compares in constant time, by the shared clock refuses what is old, and handles an id once.',
    who: 'service',
    tests: {
      [SERVICE]: [
        'the same webhook again is taken, and handled once',
        'a webhook signed too long ago is refused',
        'a webhook signed with another secret is refused',
        'a webhook with a signature of another body is refused',
        'a fortnight ahead, the unmodified verifier takes what was signed then',
      ],
    },
  },
  {
    id: 'W-5',
    standard: 'Standard Webhooks',
    section: 'Success and failure',
    requirement:
      'Only 2xx is success, 3xx a failure, 410 the end; Retry-After is honoured, and nobody waits for ever.',
    who: 'site',
    tests: {
      'idp/services/outcome.test.ts': ['after the first attempt', 'Retry-After'],
      [COURIER]: [
        'what becomes of it > a redirect is a failure, and followed nowhere',
        'what becomes of it > 410: nothing more is sent',
        'what becomes of it > asked to wait by seconds or by a date',
        'one lane for each > three that never answer delay nobody else',
      ],
    },
  },
  {
    id: 'W-6',
    standard: 'Standard Webhooks',
    section: 'Delivery schedule',
    requirement: 'Attempts come by the published schedule, with jitter, on our clock.',
    who: 'site',
    tests: {
      'idp/services/schedule.test.ts': [
        'retries come at the times that Standard Webhooks publishes',
      ],
      'idp/services/outcome.test.ts': ['only later waits are made longer, by a tenth at most'],
      [COURIER]: ['what becomes of it > down for 40 minutes'],
    },
  },
  {
    id: 'W-7',
    standard: 'Standard Webhooks',
    section: 'Payload',
    requirement: 'A payload is thin, below 20 kB, and has type, timestamp and data.',
    who: 'site',
    tests: { 'protocol/events.test.ts': ['every kind of event'] },
  },
  {
    id: 'W-8',
    standard: 'Standard Webhooks',
    section: 'Server side request forgery',
    requirement: 'No internal address is called unless the settings name it.',
    who: 'site',
    tests: {
      'idp/services/target.test.ts': ['only what is known to be public', 'where an endpoint leads'],
      [COURIER]: [
        'what becomes of it > an internal target is refused unless the settings name its origin',
      ],
    },
  },
  {
    id: 'W-9',
    standard: 'Standard Webhooks',
    section: 'Operational considerations',
    requirement: 'Failures are visible and can be replayed by hand.',
    who: 'site',
    tests: {
      'idp/http/webhooks.test.ts': [
        'a delivery is seen with its event and every attempt at it',
        'dead after the schedule, replayed by hand',
        'everything dead at an endpoint, in one go',
      ],
    },
  },
  {
    id: 'E-1',
    standard: 'RFC 8417',
    section: '2.2, 2.3, 4',
    requirement:
      'An event token has iss, iat, jti, aud and events, no exp, typ secevent+jwt; it passes for no other token.',
    who: 'site',
    tests: {
      [SET]: [
        'over the wire > a sign-out arrives as a SET that jose verifies by our metadata alone',
        'over the wire > its key verifies no access token, and the key of access tokens verifies no SET',
      ],
      'protocol/resource.test.ts': ['a token with one thing wrong is refused > a security event'],
    },
  },
  {
    id: 'E-2',
    standard: 'RFC 8935',
    section: '2',
    requirement:
      'One SET for each POST of application/secevent+jwt; 202 is taken, 400 says err and description.',
    who: 'site',
    tests: {
      [SET]: [
        'over the wire > a sign-out arrives as a SET that jose verifies by our metadata alone',
        'over the wire > refused with an error of RFC 8935: it is in the history',
      ],
    },
  },
  {
    id: 'E-3',
    standard: 'CAEP',
    section: '3',
    requirement:
      'session-revoked, credential-change and token-claims-change, with who initiated it and why.',
    who: 'site',
    tests: { [SET]: ['how each event is put'] },
  },
  {
    id: 'E-4',
    standard: 'CAEP',
    section: 'interoperability profile',
    requirement:
      'RS256 with 2048 bits at least, one event for each SET, the subject by session, user and tenant.',
    who: 'site',
    tests: {
      // jose refuses RS256 with less than 2048 bits by itself.
      [SET]: [
        'over the wire > a sign-out arrives as a SET that jose verifies by our metadata alone',
      ],
    },
  },
] as const satisfies readonly Row[]
