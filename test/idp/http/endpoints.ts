/** Every address of the site with the methods that it takes (DESIGN §5). */
export const ENDPOINTS = {
  '/': ['GET'],
  '/.well-known/oauth-authorization-server': ['GET'],
  '/jwks': ['GET'],
  '/devices': ['POST'],
  '/signin': ['GET'],
  '/signin/test': ['GET'],
  '/signin/choose': ['GET', 'POST'],
  '/signin/purged': ['GET'],
  '/integrations/oauth2/callback': ['GET'],
  '/token': ['POST'],
  '/refresh': ['POST'],
  '/revoke': ['POST'],
  '/signout': ['GET', 'POST'],
  '/account': ['GET'],
  '/account/devices': ['GET', 'POST'],
  '/account/logins': ['GET', 'POST'],
  '/me': ['GET'],
  '/me/devices': ['GET'],
  // DELETE would end a device that is called so, of which there is none.
  '/me/devices/end-others': ['POST', 'DELETE'],
  '/me/devices/end-all': ['POST', 'DELETE'],
  '/me/devices/ses_1': ['DELETE'],
  '/me/logins': ['GET'],
  '/me/logins/disable': ['POST'],
  '/me/logins/enable': ['POST'],
  '/me/password-reset': ['POST'],
  '/events': ['GET'],
  '/healthz': ['GET'],
  '/readyz': ['GET'],
} as const satisfies Record<string, readonly string[]>

export const PATHS = Object.keys(ENDPOINTS) as (keyof typeof ENDPOINTS)[]

/** Those that read a form. */
export const FORM_PATHS = ['/token', '/refresh', '/revoke'] as const
