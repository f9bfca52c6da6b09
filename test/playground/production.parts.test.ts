import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { expect, test } from 'vitest'
import { CALLS } from '../../playground/console/calls.ts'
import { takePortBlock } from '../../playground/ports.ts'
import { PROVIDER } from '../support/site.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

test('what production runs holds nothing of the playground: no clock to move, no fault, no console', async () => {
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: ['idp/main.ts'],
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    jsx: 'automatic',
    jsxImportSource: 'preact',
  })
  const inputs = Object.keys(metafile.inputs)
  expect(inputs).toContain('idp/start.ts')
  expect(inputs.filter((file) => /^(?:playground|mock-provider|client|test)\//.test(file))).toEqual(
    [],
  )
  expect(inputs).not.toContain('clock/hub.ts')
})

test('a site in production mode: none of the console’s addresses, and it obeys nobody on its standard input', async () => {
  const data = mkdtempSync(join(tmpdir(), 'latchkey-test-'))
  const holder = createServer()
  const { site: port } = await takePortBlock(holder)
  const url = `http://127.0.0.1:${port}`
  const child = spawn(process.execPath, [join(ROOT, 'run.mjs'), 'site'], {
    env: {
      PATH: process.env.PATH,
      NODE_ENV: 'production',
      SITE_URL: url,
      PORT: String(port),
      DATA: data,
      PROVIDERS: JSON.stringify([PROVIDER]),
      LATCHKEY_END_WITH_STDIN: '1',
    },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const said: string[] = []
  const lines = createInterface({ input: child.stdout }).on('line', (line) => said.push(line))
  try {
    await once(lines, 'line')
    const addresses = [
      ...CALLS,
      { method: 'get', url: '/live' },
      { method: 'get', url: '/console.js' },
    ]
    for (const { method, url: path } of addresses) {
      const answer = await fetch(url + path.replace(/\{\w+\}/g, 'one'), {
        method: method.toUpperCase(),
        ...(method === 'get'
          ? {}
          : { headers: { 'content-type': 'application/json' }, body: '{}' }),
      })
      expect(answer.status, path).toBe(404)
    }
    child.stdin.write('{"fault":"unavailable","mode":"on"}\n{"catchUp":1}\n')
    for (let times = 0; times < 3; times++) {
      expect((await fetch(`${url}/me`)).status).toBe(401)
    }
    expect((await fetch(`${url}/healthz`)).status).toBe(200)
    expect(said).toHaveLength(1)
  } finally {
    child.kill('SIGKILL')
    await once(child, 'close')
    holder.close()
    rmSync(data, { recursive: true, force: true })
  }
})
