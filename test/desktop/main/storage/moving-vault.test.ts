import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { decodeHeld, encodeHeld } from '../../../../client/held.ts'
import type { Trouble } from '../../../../desktop/ipc/troubles.ts'
import { type KeptWhere, whereNote } from '../../../../desktop/main/storage/kept-where.ts'
import { MovingVault } from '../../../../desktop/main/storage/moving-vault.ts'
import {
  VAULTS,
  type Vault,
  VaultError,
  type VaultName,
} from '../../../../desktop/main/storage/vault.ts'

const entry = (id: string, refreshToken = `lkr_${id}`) =>
  encodeHeld({ version: 1, session: { id, refreshToken } })

const OTHER = { keychain: 'safe_storage', safe_storage: 'keychain' } as const

/** Two places and the note of them; after so many changes the power fails. */
class Computer {
  readonly entries: Partial<Record<VaultName, string>> = {}
  readonly troubles: Partial<Record<VaultName, Trouble | undefined>> = {}
  where: KeptWhere | undefined
  /** What was done, in order. */
  readonly steps: string[] = []
  changesLeft = Number.POSITIVE_INFINITY
  /** Nothing can be removed from here. */
  stuck: VaultName | undefined
  /** What becomes of a text that is written. */
  keeps = (value: string) => value

  vault(name: VaultName): Vault {
    const use = (what: string) => {
      const trouble = this.troubles[name]
      if (trouble) throw new VaultError(trouble)
      this.steps.push(`${what} ${name}`)
    }
    return {
      probe: async () => use('probe'),
      read: async () => {
        use('read')
        return this.entries[name]
      },
      write: async (value) => {
        this.#change()
        use('write')
        this.entries[name] = this.keeps(value)
      },
      clear: async () => {
        this.#change()
        use('clear')
        if (this.stuck === name) throw new VaultError('locked')
        delete this.entries[name]
      },
    }
  }

  /** The app is started with this setting. */
  start(name: VaultName): MovingVault {
    const vaults = { keychain: this.vault('keychain'), safe_storage: this.vault('safe_storage') }
    const note = {
      read: () => this.where,
      write: async (where: KeptWhere) => {
        this.#change()
        this.steps.push(`note ${where.counts} / ${where.leftOver}`)
        this.where = where
      },
    }
    return new MovingVault(vaults, name, note, () => {})
  }

  #change(): void {
    if (this.changesLeft-- <= 0) throw new Error('The power is off.')
  }
}

/** Somebody is signed in, in a place that the app has used before. */
async function signedIn(name: VaultName): Promise<Computer> {
  const computer = new Computer()
  const vault = computer.start(name)
  await vault.read()
  await vault.write(entry('alice'))
  computer.steps.length = 0
  return computer
}

const who = (text: string | undefined) => decodeHeld(text ?? '')?.session?.id

describe.each(VAULTS)('from %s to the other one', (from) => {
  const to = OTHER[from]

  test('read there, written here, read again, noted, and only then removed there', async () => {
    const computer = await signedIn(from)
    expect(await computer.start(to).read()).toBe(entry('alice'))
    expect(computer.steps).toEqual([
      `read ${from}`,
      `note ${from} / ${to}`,
      `write ${to}`,
      `read ${to}`,
      `note ${to} / ${from}`,
      `clear ${from}`,
      `note ${to} / `,
    ])
    expect(computer.entries).toEqual({ [to]: entry('alice') })
  })

  test('the next start asks the old place nothing', async () => {
    const computer = await signedIn(from)
    await computer.start(to).read()
    computer.steps.length = 0
    computer.troubles[from] = 'slow'
    expect(await computer.start(to).read()).toBe(entry('alice'))
    expect(computer.steps).toEqual([`read ${to}`])
  })

  describe.each([0, 1, 2, 3, 4])('the power fails after %i changes', (changes) => {
    test.each([
      ['the same setting', to],
      ['the old setting again', from],
    ])('the next start, with %s, has the sign-in, once', async (_, setting) => {
      const computer = await signedIn(from)
      computer.changesLeft = changes
      await computer
        .start(to)
        .read()
        .catch(() => {})
      computer.changesLeft = Number.POSITIVE_INFINITY
      expect(who(await computer.start(setting).read())).toBe('alice')
      expect(computer.entries).toEqual({ [setting]: entry('alice') })
    })
  })

  test('what is written here is not what is read: nothing is removed there', async () => {
    const computer = await signedIn(from)
    computer.keeps = () => 'something else'
    await expect(computer.start(to).read()).rejects.toMatchObject({ trouble: 'failing' })
    expect(computer.entries[from]).toBe(entry('alice'))
    expect(computer.where?.counts).toEqual([from])
  })

  test('it can’t be removed there: not believed again, and removed by a later start', async () => {
    const computer = await signedIn(from)
    computer.stuck = from
    const vault = computer.start(to)
    await vault.read()
    await vault.write(entry('alice', 'lkr_newer'))
    expect(computer.where).toEqual({ counts: [to], leftOver: [from] })
    computer.stuck = undefined
    expect(await computer.start(to).read()).toBe(entry('alice', 'lkr_newer'))
    expect(computer.entries).toEqual({ [to]: entry('alice', 'lkr_newer') })
  })

  test('left over, and the setting is changed back: the newer entry is who it is', async () => {
    const computer = await signedIn(from)
    computer.stuck = from
    const vault = computer.start(to)
    await vault.read()
    await vault.write(entry('alice', 'lkr_newer'))
    expect(await computer.start(from).read()).toBe(entry('alice', 'lkr_newer'))
    expect(computer.entries).toEqual({ [from]: entry('alice', 'lkr_newer') })
  })

  test('signed out meanwhile: what is left over signs nobody in', async () => {
    const computer = await signedIn(from)
    computer.stuck = from
    const vault = computer.start(to)
    await vault.read()
    await vault.clear()
    expect(
      await computer
        .start(from)
        .read()
        .catch(() => undefined),
    ).toBeUndefined()
    computer.stuck = undefined
    expect(await computer.start(from).read()).toBeUndefined()
    expect(computer.entries).toEqual({})
  })

  test.each(['locked', 'cancelled', 'slow', 'lost'] as const)(
    'the old place is %s: that is said, and whoever was signed in is so once it opens',
    async (trouble) => {
      const computer = await signedIn(from)
      computer.troubles[from] = trouble
      await expect(computer.start(to).read()).rejects.toMatchObject({ trouble })
      expect(computer.where?.counts).toEqual([from])
      computer.troubles[from] = undefined
      expect(who(await computer.start(to).read())).toBe('alice')
    },
  )

  test.each(['no_library', 'no_bus', 'no_service', 'failing', 'not_encrypted'] as const)(
    'the old place is %s: the app goes on without it, and looks again at the next start',
    async (trouble) => {
      const computer = await signedIn(from)
      computer.troubles[from] = trouble
      expect(await computer.start(to).read()).toBeUndefined()
      computer.troubles[from] = undefined
      expect(who(await computer.start(to).read())).toBe('alice')
      expect(computer.entries).toEqual({ [to]: entry('alice') })
    },
  )

  test('somebody signed in without it: it is they, locked or not, and the other session is ended', async () => {
    const computer = await signedIn(from)
    computer.troubles[from] = 'no_service'
    const vault = computer.start(to)
    await vault.read()
    await vault.write(entry('bob'))
    computer.troubles[from] = 'locked'
    expect(who(await computer.start(to).read())).toBe('bob')
    computer.troubles[from] = undefined
    expect(decodeHeld((await computer.start(to).read()) ?? '')).toMatchObject({
      session: { id: 'bob' },
      revocations: ['lkr_alice'],
    })
    expect(Object.keys(computer.entries)).toEqual([to])
  })

  test('without a note: what lies in the other place is found, and a place that is not there is not missed', async () => {
    const computer = new Computer()
    computer.troubles[from] = 'locked'
    expect(await computer.start(to).read()).toBeUndefined()
    expect(computer.where).toEqual({ counts: [to], leftOver: [] })
    computer.where = undefined
    computer.troubles[from] = undefined
    computer.entries[from] = entry('alice')
    expect(who(await computer.start(to).read())).toBe('alice')
  })
})

describe('the note', () => {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-where-'))
  const file = join(folder, 'deep', 'where.json')
  const where: KeptWhere = { counts: ['keychain'], leftOver: ['safe_storage'] }
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  test('is read as it was written', async () => {
    expect(whereNote(file).read()).toBeUndefined()
    await whereNote(file).write(where)
    expect(whereNote(file).read()).toEqual(where)
  })

  test.each([
    ['cut off', (text: string) => text.slice(0, -3)],
    ['of another version', (text: string) => text.replace('1', '2')],
    ['with an unknown place', (text: string) => text.replace('keychain', 'cloud')],
  ])('%s it is none', async (_, change) => {
    await whereNote(file).write(where)
    writeFileSync(file, change(readFileSync(file, 'utf8')))
    expect(whereNote(file).read()).toBeUndefined()
  })
})
