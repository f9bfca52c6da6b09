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
  '/me': ['GET'],
  '/healthz': ['GET'],
  '/readyz': ['GET'],
} as const satisfies Record<string, readonly string[]>

export const PATHS = Object.keys(ENDPOINTS) as (keyof typeof ENDPOINTS)[]

/** Those that read a form. */
export const FORM_PATHS = ['/token', '/refresh', '/revoke'] as const
