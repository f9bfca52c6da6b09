import { pinOf } from './authority.ts'
import type { KeptAuthority } from './folder.ts'

/**
 * What to set so that clients trust the provider: for a shell, which can take it as it is
 * (`eval "$(npm run -s provider -- print-env)"`), and for people, in its comments.
 *
 * @param host - the provider's name; one other than `localhost` has to be led to this machine.
 */
export function printEnv(
  { authority, file }: KeptAuthority,
  host: string,
  platform: NodeJS.Platform,
): string {
  const windows = platform === 'win32'
  const pin = `--ignore-certificate-errors-spki-list=${pinOf(authority)}`
  const rules = host === 'localhost' ? '' : ` --host-resolver-rules="MAP ${host} 127.0.0.1"`
  return lines(
    '# Node, and the main process of Electron. Read once, when a process starts.',
    windows
      ? `$env:NODE_EXTRA_CA_CERTS = '${file.replaceAll("'", "''")}'`
      : `export NODE_EXTRA_CA_CERTS='${file.replaceAll("'", "'\\''")}'`,
    '',
    '# Chromium and the windows of Electron, for one start; the name of a profile goes with it:',
    `#   chromium --user-data-dir=<folder> ${pin}${rules}`,
    `#   electron . ${pin}${rules}`,
    '# Playwright: launch({ args: [<the same>] }). Only this authority is trusted more than before.',
    ...(windows
      ? [
          '# Chromium for good, for this user:',
          `#   certutil -user -addstore Root "${file}"`,
          '#   and to take it back: certutil -user -delstore Root "Latchkey provider"',
        ]
      : [
          '# Chromium for good, for this user (Debian: apt-get install libnss3-tools):',
          `#   certutil -d sql:"$HOME/.pki/nssdb" -A -t C,, -n 'Latchkey provider' -i "${file}"`,
          `#   and to take it back: certutil -d sql:"$HOME/.pki/nssdb" -D -n 'Latchkey provider'`,
        ]),
    ...(host === 'localhost'
      ? []
      : ['', `# Node finds ${host} when the hosts file has a line: 127.0.0.1 ${host}`]),
  )
}

const lines = (...all: readonly string[]): string => `${all.join('\n')}\n`
