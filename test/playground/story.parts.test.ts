import { execFile } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const RUN = join(dirname(fileURLToPath(import.meta.url)), '../../run.mjs')

function story(
  environment: Readonly<Record<string, string>> = {},
): Promise<{ code: number; told: string }> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [RUN, 'story'],
      { env: { ...process.env, ...environment } },
      (_error, told) => resolve({ code: child.exitCode ?? -1, told }),
    )
  })
}

test('the story holds, also twice at once: every promise, half a year', async () => {
  const both = await Promise.all([story(), story()])
  for (const { code, told } of both) {
    expect(told).toContain('All 17 promises held')
    expect(code).toBe(0)
  }
})

test.each([
  [
    'an access token that lives for two hours',
    { ACCESS_TTL: '2h' },
    '+61 min: broken: exactly one refresh',
  ],
  ['a window of an hour and a half', { IDLE_TTL: '90min' }, 'the answer of a refresh is lost'],
  [
    'an end after thirty days',
    { IDLE_TTL: '9d', ABSOLUTE_TTL: '30d' },
    'used every day for two weeks: broken: on day',
  ],
] as const)(
  'with %s, a promise is broken: the line says which, and the exit code is 1',
  async (_what, environment, line) => {
    const { code, told } = await story(environment)
    expect(code).toBe(1)
    expect(told).toContain(`✗ ${line}`)
  },
)
