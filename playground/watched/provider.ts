import { watchRequests } from '../requests/watch.ts'
import { tell } from './tell.ts'

/** The provider as it is, in a process where the playground looks on. */
watchRequests({ party: 'provider', tell: (request) => tell({ request }) })
await import('../../mock-provider/main.ts')
