import type { ProviderConfigInput } from '../../mock-provider/config.ts'
import { DEFAULT_APPLICATION } from '../../mock-provider/defaults.ts'

export const WEB = DEFAULT_APPLICATION

/** A server that also takes ID tokens from the front channel. */
export const HYBRID = {
  clientId: '11111111-0000-4000-8000-000000000001',
  clientSecret: 'hybrid-secret-for-tests',
  name: 'Hybrid',
  redirectUris: ['https://localhost:5001/signin-oidc', 'http://127.0.0.1:5001/signin-oidc'],
  implicitIdToken: true,
}

/** A server without a secret: the front channel is all that it has. */
export const FRONT = {
  clientId: '11111111-0000-4000-8000-000000000002',
  type: 'web' as const,
  name: 'Front channel only',
  redirectUris: ['https://localhost:5002/'],
  implicitIdToken: true,
}

export const NATIVE = {
  clientId: '11111111-0000-4000-8000-000000000003',
  name: 'Desktop',
  redirectUris: ['http://localhost', 'msal11111111-0000-4000-8000-000000000003://auth'],
}

export const SPA = {
  clientId: '11111111-0000-4000-8000-000000000004',
  type: 'spa' as const,
  name: 'Page',
  redirectUris: ['http://localhost:5004/'],
}

export const TASKS = {
  clientId: '22222222-0000-4000-8000-000000000001',
  clientSecret: 'tasks-secret-for-tests',
  name: 'Tasks',
  redirectUris: ['https://tasks.example/'],
  appIdUri: 'https://latchkey.onmicrosoft.com/tasks-api',
  scopes: ['tasks.read', 'tasks.write'],
}

export const NOTES = {
  ...TASKS,
  clientId: '22222222-0000-4000-8000-000000000002',
  name: 'Notes',
  appIdUri: 'https://latchkey.onmicrosoft.com/notes-api',
  scopes: ['notes.read'],
}

export const READ = `${TASKS.appIdUri}/tasks.read`
export const WRITE = `${TASKS.appIdUri}/tasks.write`
export const READ_NOTES = `${NOTES.appIdUri}/notes.read`

export const APPLICATIONS = [
  WEB,
  HYBRID,
  FRONT,
  NATIVE,
  SPA,
  TASKS,
  NOTES,
] satisfies ProviderConfigInput['applications']
