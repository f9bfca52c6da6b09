import { afterEach, expect, test, vi } from 'vitest'
import { electronBinary } from '../../desktop/electron-binary.ts'
import { chooseRuntime } from './runtime.ts'

afterEach(() => vi.unstubAllEnvs())

test('whoever insists on Electron is not given the host', async ({ skip }) => {
  skip(electronBinary() !== undefined, 'Electron’s binary is here')
  vi.stubEnv('DESKTOP_RUNTIME', 'electron')
  await expect(chooseRuntime()).rejects.toThrow('npx install-electron')
})

test('whoever asks for the host gets it, and it is called what it is', async () => {
  vi.stubEnv('DESKTOP_RUNTIME', 'host')
  const runtime = await chooseRuntime()
  expect(runtime.kind).toBe('host')
  runtime.remove()
})
