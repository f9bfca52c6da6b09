import { net } from 'electron'
import type { Http } from '../../client/ports.ts'

/**
 * Chromium's network: it knows the person's proxy and the certificates that their computer trusts.
 * No cookie is sent or kept: the engine needs none.
 */
export const electronHttp: Http = (request) =>
  net.fetch(new Request(request, { credentials: 'omit' }))
