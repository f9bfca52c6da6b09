import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { SystemClock } from '../../../clock/clock.ts'
import { createAuthority, pinOf } from '../../../mock-provider/certificates/authority.ts'
import { printEnv } from '../../../mock-provider/certificates/print-env.ts'

const authority = createAuthority(new SystemClock().now())
const keptAt = (file: string) => ({ authority, file })

test('a shell takes it as it is, whatever the folder is called', () => {
  const file = "/made up/o'neill/ca.pem"
  const script = `${printEnv(keptAt(file), 'localhost', 'linux')}printf %s "$NODE_EXTRA_CA_CERTS"`
  expect(execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8' })).toBe(file)
})

test('Chromium is told the authority’s key, and where another name leads', () => {
  const text = printEnv(keptAt('/ca.pem'), 'contoso.b2clogin.com', 'linux')
  expect(text).toContain(`--ignore-certificate-errors-spki-list=${pinOf(authority)}`)
  expect(text).toContain('--host-resolver-rules="MAP contoso.b2clogin.com 127.0.0.1"')
  expect(text).toContain('127.0.0.1 contoso.b2clogin.com')
})

test('on Windows it speaks to PowerShell', () => {
  expect(printEnv(keptAt("C:\\o'neill\\ca.pem"), 'localhost', 'win32')).toContain(
    "$env:NODE_EXTRA_CA_CERTS = 'C:\\o''neill\\ca.pem'",
  )
})
