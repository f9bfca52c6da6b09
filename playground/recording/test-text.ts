import { toIso } from '../../clock/moment.ts'
import type { Happening } from '../history/happening.ts'
import type { Scene } from '../scene.ts'
import { STORY_NAMES, storyDevice } from '../stories/named/names.ts'
import { type Act, type ActGroup, quoted, sourceOf } from './acts.ts'

/** Who runs the test. */
export const RUNNERS = { vitest: 'Vitest', playwright: 'Playwright Test' } as const

export type Runner = keyof typeof RUNNERS

/** An act, and the number of the last thing that had happened when it was done. */
export interface Step {
  readonly act: Act
  readonly after: number
}

/** What was done by hand from a moment on. */
export interface Recording {
  /** The number of the last thing that had happened before. */
  readonly from: number
  readonly steps: readonly Step[]
}

/** A test begins in a fresh playground, and so a reset begins the recording anew. */
export const withStep = ({ from, steps }: Recording, step: Step): Recording =>
  step.act.group === 'clock' && step.act.method === 'reset'
    ? { from: 0, steps: [] }
    : { from, steps: [...steps, step] }

const MODULES = { vitest: 'vitest', playwright: '@playwright/test' } as const satisfies Record<
  Runner,
  string
>

const STORY_DEVICES: readonly string[] = STORY_NAMES.map(storyDevice)

/**
 * A test that does the same again in a playground of its own, and expects how it came out: what became of
 * whomever was acted on, and why sessions ended. Where somebody signed in by hand meanwhile, it says that a
 * client of one's own is to do that.
 */
export function testText(
  { from, steps }: Recording,
  happenings: readonly Happening[],
  scene: Scene,
  runner: Runner,
): string {
  const since = happenings.filter(({ number }) => number > from)
  const lines = linesOf(steps, since)
  const expected = [...outcomes(steps, scene), ...endings(since)]
  const groups = [...new Set(steps.map(({ act }) => act.group)), ...alsoUsed(steps, expected)]
  const used = [...new Set<string>(groups)].sort()
  const title = `recorded on ${toIso(scene.now_ms).slice(0, 10)}`
  return [
    `import { expect, test as base } from '${MODULES[runner]}'`,
    "import { type Playground, playgroundFixture } from '../playground/fixture.ts'",
    '',
    'const test = base.extend<{ playground: Playground }>({ playground: playgroundFixture })',
    '',
    `test(${quoted(title)}, async ({ playground: { client } }) => {`,
    ...(runner === 'playwright' ? ['  test.setTimeout(60_000)'] : []),
    ...(used.length > 0 ? [`  const { ${used.join(', ')} } = client`] : []),
    ...lines.map((line) => `  ${line}`),
    ...(expected.length > 0 ? ['', '  // How it came out.'] : []),
    ...expected.map((line) => `  ${line}`),
    runner === 'vitest' ? '}, 60_000)' : '})',
    '',
  ].join('\n')
}

/** What was done, and where somebody signed in by hand in between. */
export function linesOf(steps: readonly Step[], since: readonly Happening[]): readonly string[] {
  const signIns = since.flatMap((one) =>
    one.kind === 'signed_in' && !STORY_DEVICES.includes(one.device)
      ? [
          {
            after: one.number,
            line: `// ${one.person} signs in on ${one.device} here: let your own client do it.`,
          },
        ]
      : [],
  )
  const acts = steps.map(({ act, after }) => ({ after, line: sourceOf(act) }))
  return [...signIns, ...acts].sort((a, b) => a.after - b.after).map(({ line }) => line)
}

/** The people and accounts that were acted on, as they stand now. */
function outcomes(steps: readonly Step[], { people }: Scene): readonly string[] {
  const touched = (group: ActGroup) =>
    new Set(steps.flatMap(({ act }) => (act.group === group ? [String(act.args[0])] : [])))
  const persons = [...touched('people')].flatMap((id) => {
    const email = emailOf(steps, id)
    const state = people.find((one) => one.id === id)?.state
    if (email === undefined || state === undefined) return []
    return state === 'deleted'
      ? [`await expect(people.named(${quoted(email)})).rejects.toThrow()`]
      : [`expect((await people.named(${quoted(email)})).state).toBe(${quoted(state)})`]
  })
  const accounts = [...touched('accounts')].flatMap((id) => {
    const account = people.flatMap((one) => one.accounts).find((one) => one.id === id)
    if (!account) return []
    const { name, plan, closed } = account
    const stands = `{ plan: ${quoted(plan)}, closed: ${closed} }`
    return [`expect(await accounts.named(${quoted(name)})).toMatchObject(${stands})`]
  })
  return [...persons, ...accounts]
}

/** Whoever was deleted has no address any more: as it was before. */
const emailOf = (steps: readonly Step[], id: string): string | undefined =>
  steps.flatMap(({ act }) => act.scene.people).find((one) => one.id === id && one.email !== null)
    ?.email ?? undefined

/** Of sessions that began meanwhile; those of before are not there in another world. */
function endings(since: readonly Happening[]): readonly string[] {
  const devices = new Map(
    since.flatMap((one) => (one.kind === 'signed_in' ? [[one.session_id, one.device]] : [])),
  )
  const ended = since.flatMap((one) => {
    const device = one.kind === 'ended' ? devices.get(one.session_id) : undefined
    return one.kind === 'ended' && device !== undefined
      ? [`{ device: ${quoted(device)}, reason: ${quoted(one.reason)} }`]
      : []
  })
  if (ended.length === 0) return []
  return [
    'expect(await client.endings()).toMatchObject([',
    ...ended.map((one) => `  ${one},`),
    '])',
  ]
}

/** Sessions and deliveries are found by themselves; people and accounts may be looked at in the end. */
const alsoUsed = (steps: readonly Step[], expected: readonly string[]): readonly ActGroup[] =>
  (['people', 'accounts'] as const).filter(
    (group) =>
      expected.some((line) => line.includes(`${group}.named`)) ||
      steps.some(({ act }) => sourceOf(act).includes(`${group}.named`)),
  )
