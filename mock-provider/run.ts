import { SystemClock } from '../clock/clock.ts'
import type { Shiftable } from '../clock/follow.ts'
import { readArguments } from './arguments.ts'
import { certificateFile, openAuthority } from './certificates/folder.ts'
import { printEnv } from './certificates/print-env.ts'
import { leadsThroughSignIn } from './config/policy.ts'
import { authorityOf } from './dialect/b2c/paths.ts'
import { consult, report } from './doctor/doctor.ts'
import { DEFAULT_PORTS, readSettings, type Settings } from './settings.ts'
import { StartError } from './start-error.ts'

/**
 * Runs the provider as a program, or one of its commands; prints the ready line once it serves.
 *
 * @param shifted - sets how far this process's `Date` is ahead.
 * @param words - the command line.
 */
export async function run(shifted: Shiftable, words: readonly string[]): Promise<void> {
  try {
    await obey(shifted, words)
  } catch (error) {
    if (!(error instanceof StartError)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exitCode = 1
  }
}

async function obey(shifted: Shiftable, words: readonly string[]): Promise<void> {
  const { command, https } = readArguments(words)
  const settings = readSettings(https ? { ...process.env, PROVIDER_HTTPS: '1' } : process.env)
  switch (command.name) {
    case 'serve':
      // The engine takes longer to load than the other commands to run.
      return (await import('./serve.ts')).serve(shifted, settings)
    case 'print-env': {
      const kept = openAuthority(settings.data, new SystemClock().now())
      process.stdout.write(printEnv(kept, settings.host, process.platform))
      return
    }
    case 'doctor': {
      const findings = await consult({
        authority: new URL(command.authority ?? ownAuthority(settings)),
        knownAuthorities: command.knownAuthorities,
        caFile: certificateFile(settings.data),
      })
      process.stdout.write(report(findings))
      if (findings.some(({ kind }) => kind === 'wrong')) process.exitCode = 1
      return
    }
  }
}

/** Where MSAL finds this provider once it speaks https, by its first policy that signs people in. */
function ownAuthority({ host, port, https, config }: Settings): string {
  const policy = config.policies.find(leadsThroughSignIn)
  if (!policy) throw new Error('The configuration is checked to have such a policy.')
  const origin = `https://${host}:${https ? port : DEFAULT_PORTS.https}`
  return authorityOf(origin, config.tenant, policy)
}
