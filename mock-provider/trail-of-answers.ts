import type Koa from 'koa'
import type { Provider } from 'oidc-provider'
import type { B2cPath } from './dialect/b2c/paths.ts'
import type { Log } from './log.ts'
import type { Happened, Trail } from './trail.ts'

/** The sentences of the engine about requests that it refused: it tells applications less. */
export class EngineReasons {
  readonly #reasons = new WeakMap<object, string>()

  listenTo(provider: Provider): void {
    const keep = (ctx: object, { message, error_description, error_detail }: EngineError) =>
      void this.#reasons.set(
        ctx,
        [error_description ?? message, error_detail].filter(Boolean).join(': '),
      )
    provider.on('authorization.error', keep)
    provider.on('grant.error', keep)
    provider.on('server_error', keep)
  }

  of(ctx: object): string | undefined {
    return this.#reasons.get(ctx)
  }
}

interface EngineError extends Error {
  readonly error_description?: string | undefined
  readonly error_detail?: string | undefined
}

/** Why a journey was refused, where B2C's own words don't say what to look at. */
const WHY: Readonly<Record<string, string>> = {
  AADB2C90046:
    'No sign-in waits behind this address: it is over, was begun an hour ago, or never was.',
  AADB2C90053: 'Nobody has this e-mail address here; a social provider’s people have theirs there.',
  AADB2C90054: 'The password is not the one in the configuration, nor one that was set since.',
  AADB2C90077: 'There was no session in this browser, or the request asked for a fresh sign-in.',
  AADB2C90091: 'The person pressed Cancel.',
  AADB2C90111: 'The person was disabled by the control API.',
  AADB2C90118: 'The person pressed “Forgot your password?”: start the reset policy.',
  AADB2C90212:
    'The form’s csrf_token is not the cookie’s: it came from another browser, or from another page.',
  AADB2C90273: 'The person cancelled at the social provider.',
}

/** Who signed in is known to the journeys alone, which tell the log. */
export const alsoTo =
  (trail: Trail, log: Log): Log =>
  (event, details = {}) => {
    log(event, details)
    if (event !== 'signed in') return
    trail.add({
      event: 'signed-in',
      person: String(details.person),
      policy: String(details.policy),
    })
  }

/** Writes down how a request was answered. */
export function noteAnswer(
  ctx: Koa.Context,
  path: B2cPath | undefined,
  trail: Trail,
  reasons: EngineReasons,
): void {
  // Nothing was answered at all: the trail has the fault that did it.
  if (ctx.respond === false) return
  const refusal = refusalIn(ctx)
  const engine = ctx.oidc as EngineContext | undefined
  trail.add({
    event: refusal ? 'refused' : 'answered',
    method: ctx.method,
    endpoint: path?.kind === 'policy' ? path.endpoint : (path?.kind ?? 'other'),
    status: ctx.status,
    ...(path?.kind === 'policy' ? { policy: path.policy.id } : {}),
    ...given('application', engine?.client?.clientId ?? textOf(ctx.query.client_id)),
    ...given('person', engine?.account?.accountId),
    ...(refusal && { ...refusal, ...given('why', whyOf(refusal, reasons.of(ctx))) }),
  })
}

interface EngineContext {
  readonly client?: { readonly clientId: string } | undefined
  readonly account?: { readonly accountId: string } | undefined
}

const whyOf = ({ code, why }: Refused, engine: string | undefined): string | undefined =>
  (code === undefined ? undefined : WHY[code]) ?? engine ?? why

type Refused = Pick<Happened, 'error' | 'code' | 'correlationId' | 'why'>

/** The refusal that an answer holds, in whatever form it goes: redirect, JSON or page. */
function refusalIn(ctx: Koa.Context): Refused | undefined {
  const location = ctx.response.get('location')
  if (location) {
    const to = new URL(location, 'http://localhost')
    const parameters = to.hash === '' ? to.searchParams : new URLSearchParams(to.hash.slice(1))
    return refused(parameters.get('error'), parameters.get('error_description'))
  }
  const body: unknown = ctx.body
  if (typeof body === 'string') {
    const page = /<pre id="error">(\w+)\n([^<]*)/.exec(body)
    const form = /name="error" value="([^"]*)"/.exec(body)
    const alert = /role="alert"[^>]*>([^<]+)/.exec(body)
    if (page) return refused(page[1], page[2])
    if (form) return refused(form[1], body)
    return ctx.status < 400 ? undefined : refused('page', alert?.[1])
  }
  if (typeof body !== 'object' || body === null) {
    return ctx.status < 400 ? undefined : refused('error', undefined)
  }
  if ('errorCode' in body && 'message' in body) {
    return { ...refused('page', String(body.message)), ...codeIn(String(body.errorCode)) }
  }
  if (!('error' in body)) return undefined
  return refused(String(body.error), 'error_description' in body ? body.error_description : '')
}

function refused(error: string | null | undefined, said: unknown): Refused | undefined {
  if (typeof error !== 'string') return undefined
  const description = typeof said === 'string' ? said : ''
  const words = /^(?:AADB2C\d+: )?(.*)/.exec(description)?.[1]
  return {
    error,
    ...codeIn(description),
    ...given('correlationId', /Correlation ID: ([0-9a-f-]{36})/.exec(description)?.[1]),
    ...given('why', words === '' ? undefined : words),
  }
}

const codeIn = (text: string) => given('code', /AADB2C\d+/.exec(text)?.[0])

const given = <Name extends string>(
  name: Name,
  value: string | undefined,
): { [Key in Name]?: string } =>
  value === undefined ? {} : ({ [name]: value } as { [Key in Name]?: string })

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : undefined
