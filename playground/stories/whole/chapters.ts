import { prove } from '../prove.ts'
import type { StoryDevice } from './device-handle.ts'
import type { Narrator } from './narrator.ts'
import type { CallReport, Exchange, Report } from './orders.ts'
import type { Stage, Visitor } from './stage.ts'

const BOB: Visitor = { email: 'bob@example.test', account: 'Acme' }
const ALICE: Visitor = { email: 'alice@example.test' }

const DAYS = 180

const refreshes = (exchanges: readonly Exchange[]): readonly Exchange[] =>
  exchanges.filter(({ path }) => path === '/refresh')

/** The tokens that came in an answer, as a fingerprint; nonces are asked for by an answer without any. */
const rotations = (exchanges: readonly Exchange[]): readonly Exchange[] =>
  refreshes(exchanges).filter(({ fingerprint }) => fingerprint !== undefined)

async function signIn(stage: Stage, device: StoryDevice, visitor: Visitor): Promise<Report> {
  stage.visitor = visitor
  const report = await device.ask({ do: 'sign_in' })
  prove(
    report.signIn?.kind === 'ok',
    `${visitor.email} is signed in (${JSON.stringify(report.signIn)})`,
  )
  return report
}

async function stillIn(
  stage: Stage,
  device: StoryDevice,
  when: string,
): Promise<Report & { readonly call: CallReport }> {
  const report = await device.call(stage.hello)
  prove(
    report.call.kind === 'ok' && report.call.status === 200,
    `${when}, the service answers (${JSON.stringify(report.call)})`,
  )
  return report
}

/** Register, sign in, purge, use. */
async function firstDay(stage: Stage, narrator: Narrator, laptop: StoryDevice): Promise<void> {
  narrator.chapter('The first day')
  await narrator.step('the laptop registers and bob signs in', async () => {
    const report = await signIn(stage, laptop, BOB)
    const registered = report.exchanges.filter(
      ({ path, status }) => path === '/devices' && status === 201,
    )
    prove(registered.length === 1, 'the device registers exactly once')
    prove(stage.askedForPassword, 'the provider asks for the password')
    return 'one registration; the provider asked for the password'
  })
  await narrator.step('purge', async () => {
    const { visits } = stage.browser
    const logout = visits.findIndex(({ address }) => address.includes('/oauth2/v2.0/logout'))
    const probe = visits.findIndex(
      ({ error }) => error === 'login_required' || error === 'interaction_required',
    )
    prove(
      logout >= 0 && probe > logout,
      'the browser goes through the provider’s logout, and then through the probe',
    )
    const report = await laptop.ask({ do: 'start' })
    const purge = report.state.at === 'signed_in' ? report.state.me?.session.purge : undefined
    prove(
      purge?.outcome === 'proven',
      `the session says that the purge was proven (${JSON.stringify(purge)})`,
    )
    const left = (await stage.browser.cookieNames(stage.addresses.provider)).filter((name) =>
      name.includes('sso'),
    )
    prove(left.length === 0, `no session cookie of the provider is left (${left.join()})`)
    return `the provider’s session is ended; the probe in the same jar was answered ${purge.answer} (“I would have to ask”), and that is recorded with the session`
  })
  await narrator.step('bob chose Acme, and calls the service', async () => {
    prove(stage.chose === 'Acme', 'bob, who has two accounts, is asked to choose')
    const { call } = await stillIn(stage, laptop, 'right after sign-in')
    const account = call.body?.account as { name?: string } | undefined
    prove(
      account?.name === 'Acme',
      `the service is told the account that bob chose (${account?.name})`,
    )
    return `the service answers, and knows the account: ${account.name}`
  })
}

/** The hour, the lost answer. */
async function refreshing(stage: Stage, narrator: Narrator, laptop: StoryDevice): Promise<void> {
  narrator.chapter('Refresh on use')
  await narrator.step('+59 min', async () => {
    await stage.advance('59min')
    const { exchanges } = await stillIn(stage, laptop, 'at +59 min')
    prove(refreshes(exchanges).length === 0, 'nothing is refreshed before the hour is over')
    return 'no refresh'
  })
  await narrator.step('+61 min', async () => {
    await stage.advance('2min')
    const { exchanges } = await stillIn(stage, laptop, 'at +61 min')
    prove(
      rotations(exchanges).length === 1,
      `exactly one refresh happens (${rotations(exchanges).length})`,
    )
    const used = exchanges.find(({ path }) => path === '/hello')
    prove(
      used?.newestStored === true,
      'the new token is stored before the new access token is used',
    )
    return 'exactly one refresh; the new token was stored before it was used'
  })
  await narrator.step(
    'the answer of a refresh is lost, the process dies, and 8 h later it starts again',
    async () => {
      await stage.advance('61min')
      const lost = await laptop.loseRefreshAndDie(stage.hello)
      await stage.advance('8h')
      await laptop.boot()
      const { exchanges, state } = await laptop.ask({ do: 'start' })
      const [again] = rotations(exchanges)
      prove(
        again?.fingerprint === lost,
        `the retry gets the identical tokens (${lost}, then ${again?.fingerprint})`,
      )
      prove(state.at === 'signed_in', `bob is still signed in (${state.at})`)
      await stillIn(stage, laptop, 'after the lost answer')
      return `the retry got the identical tokens (${lost}…), and bob is still in`
    },
  )
}

async function theft(stage: Stage, narrator: Narrator, laptop: StoryDevice): Promise<void> {
  narrator.chapter('Theft')
  const phone = await stage.device('phone')
  await narrator.step(
    'a token copied from the laptop is presented with another device key',
    async () => {
      await signIn(stage, phone, BOB)
      const { status, reason } = await stage.present(await laptop.copiedRefreshToken())
      prove(
        status === 400 && reason === 'device_mismatch',
        `the thief is refused (${status} ${reason})`,
      )
      await stage.advance('61min')
      const { call } = await laptop.call(stage.hello)
      prove(
        call.kind === 'ended' && call.ended?.reason === 'device_mismatch',
        `the laptop’s session ended (${JSON.stringify(call)})`,
      )
      await stillIn(stage, phone, 'on the phone')
      return 'refused; only the laptop was signed out, because of device_mismatch, and the phone is still in'
    },
  )
  await narrator.step('bob signs in again on the laptop', async () => {
    await signIn(stage, laptop, BOB)
    await stillIn(stage, laptop, 'after signing in again')
    return 'the same device, a new session'
  })
}

const statusIn = ({ body }: CallReport): unknown =>
  (body?.subscription as { status?: unknown } | undefined)?.status

/** What is paid changes softly: by time, and by a payment. */
async function plans(stage: Stage, narrator: Narrator, laptop: StoryDevice): Promise<void> {
  narrator.chapter('Plans')
  const couch = await stage.device('couch')
  await narrator.step('+20 d: the trial of bob’s own account ends', async () => {
    await signIn(stage, couch, { ...BOB, account: 'Bob Brandt' })
    const before = statusIn((await stillIn(stage, couch, 'on the couch')).call)
    prove(before === 'trialing', `bob’s own account is on trial (${before})`)
    let after: unknown
    for (let day = 1; day <= 20; day++) {
      await stage.advance('1d')
      await stillIn(stage, laptop, `on day ${day} of the trial, at Acme`)
      after = statusIn((await stillIn(stage, couch, `on day ${day} of the trial`)).call)
    }
    prove(after === 'past_due', `the next refresh says that it is past due (${after})`)
    return 'nobody was signed out; the next refresh says past_due'
  })
  await narrator.step('a period is paid, a minute after that refresh', async () => {
    await stage.advance('1min')
    await stage.pay('acc_bob', 'pro')
    const exchanges = await activeSoon(stage, couch)
    prove(
      rotations(exchanges).length === 1,
      `one refresh brings the new claims (${rotations(exchanges).length})`,
    )
    return 'the service told the app that its token was old; its next use refreshed, once, and it says active'
  })
}

/** Telling the services is one delivery away: real milliseconds, and never more than two seconds. */
async function activeSoon(stage: Stage, device: StoryDevice): Promise<readonly Exchange[]> {
  const limit = performance.now() + 2_000
  const exchanges: Exchange[] = []
  for (;;) {
    const report = await stillIn(stage, device, 'after the payment')
    exchanges.push(...report.exchanges)
    if (statusIn(report.call) === 'active') return exchanges
    prove(performance.now() < limit, 'the service hears of the payment, and so does the app')
  }
}

async function windows(stage: Stage, narrator: Narrator, laptop: StoryDevice): Promise<void> {
  narrator.chapter('The rolling window and the absolute end')
  await narrator.step('used every day for two weeks', async () => {
    for (let day = 1; day <= 14; day++) {
      await stage.advance('1d')
      await stillIn(stage, laptop, `on day ${day}`)
    }
    return 'still in'
  })
  await narrator.step('14 d and 1 s of silence', async () => {
    await stage.advance('14d 1s')
    const bare = await laptop.ask({ do: 'call_bare', url: stage.hello })
    prove(
      bare.call?.status === 401,
      `the service refuses the old access token (${bare.call?.status})`,
    )
    const { call, state } = await laptop.call(stage.hello)
    prove(
      call.kind === 'ended' && call.ended?.reason === 'idle_expired',
      `the session ended (${JSON.stringify(call)})`,
    )
    prove(state.at === 'signed_out', `signing in is required (${state.at})`)
    return 'idle_expired; the service refuses, sign-in is required'
  })
  await narrator.step('bob signs in again', async () => {
    await signIn(stage, laptop, BOB)
    prove(stage.askedForPassword, 'the provider asks for the password')
    return 'in the same browser, and the provider asked for the password'
  })
  await narrator.step(`used daily until day ${DAYS}`, async () => {
    for (let day = 1; day < DAYS; day++) {
      await stage.advance('1d')
      await stillIn(stage, laptop, `on day ${day}`)
    }
    await stage.advance('1d')
    const { call } = await laptop.call(stage.hello)
    prove(
      call.kind === 'ended' && call.ended?.reason === 'absolute_expired',
      `day ${DAYS} ends it (${JSON.stringify(call)})`,
    )
    return 'absolute_expired, however often it was used'
  })
}

async function signOut(stage: Stage, narrator: Narrator, laptop: StoryDevice): Promise<void> {
  narrator.chapter('Sign-out')
  await narrator.step('alice signs in and out', async () => {
    await signIn(stage, laptop, ALICE)
    await stillIn(stage, laptop, 'after alice’s sign-in')
    const { state } = await laptop.ask({ do: 'sign_out' })
    prove(state.at === 'signed_out', `nobody is signed in (${state.at})`)
    const began = performance.now()
    const call = await refusedSoon(stage, laptop)
    const took = Math.round(performance.now() - began)
    prove(
      call?.status === 401 && call.body?.reason === 'signed_out',
      `the service refuses the JWT that is valid for another hour (${JSON.stringify(call)})`,
    )
    return `the service refuses a JWT that is valid for another hour, with the reason signed_out, ${took} ms later`
  })
}

/** Telling the services is one delivery away: real milliseconds, and never more than two seconds. */
async function refusedSoon(stage: Stage, device: StoryDevice): Promise<CallReport | undefined> {
  const limit = performance.now() + 2_000
  for (;;) {
    const report = await device.ask({ do: 'call_bare', url: stage.hello })
    if (report.call?.status === 401 || performance.now() > limit) return report.call
  }
}

async function turnedAway(stage: Stage, narrator: Narrator): Promise<void> {
  narrator.chapter('Turned away')
  const people = [
    ['carol@example.test', 'logins_disabled'],
    ['dave@example.test', 'account_closed'],
  ] as const
  const tablet = await stage.device('tablet')
  for (const [email, reason] of people) {
    await narrator.step(email, async () => {
      stage.visitor = { email }
      const { signIn: result, state } = await tablet.ask({ do: 'sign_in' })
      prove(
        result?.kind === 'refused' && result.reason === reason,
        `turned away because of ${reason} (${JSON.stringify(result)})`,
      )
      prove(state.at === 'signed_out', 'nobody is signed in')
      prove(
        stage.browser.visits.some(({ address }) => address.includes('/logout')),
        'the provider’s session is purged all the same',
      )
      return `“${result.sentence}” (${reason})`
    })
  }
}

/** The whole flow, in order. */
export async function play(stage: Stage, narrator: Narrator): Promise<void> {
  const laptop = await stage.device('laptop')
  await firstDay(stage, narrator, laptop)
  await refreshing(stage, narrator, laptop)
  await theft(stage, narrator, laptop)
  await plans(stage, narrator, laptop)
  await windows(stage, narrator, laptop)
  await signOut(stage, narrator, laptop)
  await turnedAway(stage, narrator)
}
