import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DAY, SECOND } from '../../clock/moment.ts'
import { bundlePrograms, type Programs } from '../support/programs.ts'
import { soak } from './soak.ts'

let programs: Programs
const folder = mkdtempSync(path.join(os.tmpdir(), 'latchkey-soak-'))

beforeAll(async () => {
  programs = await bundlePrograms()
})

afterAll(() => {
  programs.remove()
  rmSync(folder, { recursive: true, force: true })
})

test('a bad network, killed processes and days that pass: nobody is signed out without cause, nobody stays who should not', async () => {
  const report = await soak({
    folder,
    programs: programs.folder,
    duration: 40 * SECOND,
    sessions: 40,
    seed: 20_26,
    lifetimes: { idle: 2 * DAY, absolute: 4 * DAY },
    say: () => {},
  })
  expect(report.broken).toEqual([])
  // That something happened: a soak that does nothing breaks no promise.
  expect(report.kills).toBeGreaterThan(0)
  expect(report.checks).toBeGreaterThan(0)
  expect(report.uses).toBeGreaterThan(100)
  const { idle_expired = 0, absolute_expired = 0, signed_out_elsewhere = 0 } = report.ended
  expect(idle_expired + absolute_expired).toBeGreaterThan(0)
  expect(signed_out_elsewhere).toBeGreaterThan(0)
})
