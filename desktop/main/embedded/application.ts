/**
 * What the provider knows the demonstration as: an application of its own, of the kind that can keep
 * no secret. Our site's registration is not lent to it.
 */
export const EMBEDDED_APPLICATION = {
  clientId: '1a7c4ce7-0000-4000-8000-0000000e3bed',
  name: 'Latchkey, embedded demonstration',
  /** Nobody serves it: the window that is led there is stopped, and the address is the answer. */
  redirectUris: ['http://127.0.0.1/embedded-demonstration'],
  postLogoutRedirectUris: [],
} as const
