import { chmod, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { exportJWK, generateKeyPair, jwtVerify, SignJWT } from 'jose'
import { describe, expect, test } from 'vitest'
import { DAY, HOUR, MINUTE } from '../../../clock/moment.ts'
import { openSigningKeys, type SigningKeys } from '../../../idp/tokens/signing-keys.ts'
import { temporaryFolder } from '../store/folder.ts'
import { FATES, FragileDisk } from '../store/fragile-disk.ts'
import { T0 } from '../store/records.ts'

const fileOf = (folder: string) => path.join(folder, 'keys.json')

const sign = ({ kid, privateKey }: { kid: string; privateKey: CryptoKey }) =>
  new SignJWT({}).setProtectedHeader({ alg: 'ES256', kid }).sign(privateKey)

const kidsOf = ({ published }: SigningKeys) => published.keys.map(({ kid }) => kid)

test('the first start makes a key, for the owner’s eyes alone; the second finds it', async () => {
  const folder = await temporaryFolder()
  const first = await openSigningKeys(folder)
  const second = await openSigningKeys(folder)
  expect(second.signer(T0).kid).toBe(first.signer(T0).kid)
  expect(second.published).toEqual(first.published)
  expect((await stat(fileOf(folder))).mode & 0o777).toBe(0o600)
})

test('a draft that a crash left, open to all, is not written into', async () => {
  const folder = await temporaryFolder()
  await writeFile(`${fileOf(folder)}.new`, '{"ke')
  await chmod(`${fileOf(folder)}.new`, 0o666)
  await openSigningKeys(folder)
  expect((await stat(fileOf(folder))).mode & 0o777).toBe(0o600)
  expect(await readdir(folder)).toEqual(['keys.json'])
})

test('the published keys hold no private half, and nothing of their lives', async () => {
  const keys = await openSigningKeys(await temporaryFolder())
  await keys.run(T0)
  await keys.run(T0 + 90 * DAY)
  expect(keys.published.keys).toHaveLength(2)
  for (const key of keys.published.keys) {
    expect(Object.keys(key).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y'])
  }
})

describe('a rotation', () => {
  test('day 89: published; day 90: signs; an hour and five minutes later: the old one is gone', async () => {
    const keys = await openSigningKeys(await temporaryFolder())
    expect(keys.next()).toBeUndefined()
    expect(await keys.run(T0)).toEqual([])
    const old = keys.signer(T0)
    const oldToken = await sign(old)

    const published = T0 + 89 * DAY
    expect(keys.next()).toEqual({ at: published, name: 'a new signing key published' })
    expect(await keys.run(published - 1)).toEqual([])
    expect(await keys.run(published)).toHaveLength(1)
    expect(keys.signer(published).kid).toBe(old.kid)
    const [, newKid] = kidsOf(keys)

    const begins = T0 + 90 * DAY
    expect(keys.next()).toEqual({ at: begins, name: `signing key ${newKid} begins to sign` })
    expect(keys.signer(begins - 1).kid).toBe(old.kid)
    expect(keys.signer(begins).kid).toBe(newKid)
    await keys.run(begins)
    expect(kidsOf(keys)).toEqual([old.kid, newKid])
    await expect(jwtVerify(oldToken, keys.verifyKeys)).resolves.toBeTruthy()
    await expect(jwtVerify(await sign(keys.signer(begins)), keys.verifyKeys)).resolves.toBeTruthy()

    const forgotten = begins + HOUR + 5 * MINUTE
    expect(keys.next()).toEqual({ at: forgotten, name: `signing key ${old.kid} forgotten` })
    await keys.run(forgotten)
    expect(kidsOf(keys)).toEqual([newKid])
    await expect(jwtVerify(oldToken, keys.verifyKeys)).rejects.toThrow()
    expect(keys.next()).toMatchObject({ at: T0 + 179 * DAY })
  })

  test('a restart between any two moments goes on where it was', async () => {
    const folder = await temporaryFolder()
    const names: string[] = []
    for (let day = 0; day <= 270; day++) {
      const keys = await openSigningKeys(folder)
      names.push(...(await keys.run(T0 + day * DAY)).map(({ name }) => `${day} ${name}`))
    }
    expect(names.map((name) => name.replace(/key [\w-]{43}/, 'key …'))).toEqual([
      '89 a new signing key published',
      '90 signing key … begins to sign',
      '91 signing key … forgotten',
      '179 a new signing key published',
      '180 signing key … begins to sign',
      '181 signing key … forgotten',
      '269 a new signing key published',
      '270 signing key … begins to sign',
    ])
    expect((await stat(fileOf(folder))).mode & 0o777).toBe(0o600)
  })

  test('a site that was off for a year: the old key signs for one day more', async () => {
    const keys = await openSigningKeys(await temporaryFolder())
    await keys.run(T0)
    const old = keys.signer(T0)
    const back = T0 + 365 * DAY
    expect(await keys.run(back)).toHaveLength(1)
    expect(keys.signer(back + DAY - 1).kid).toBe(old.kid)
    expect(keys.signer(back + DAY).kid).not.toBe(old.kid)
  })

  test('the old key stays for the tokens of a setting that was longer', async () => {
    const folder = await temporaryFolder()
    const long = await openSigningKeys(folder, { signingKey: 90 * DAY, access: 12 * HOUR })
    await long.run(T0)
    const keys = await openSigningKeys(folder)
    await keys.run(T0 + 89 * DAY)
    await keys.run(T0 + 90 * DAY)
    expect(keys.next()?.at).toBe(T0 + 90 * DAY + 12 * HOUR + 5 * MINUTE)
  })

  test('power that goes at any moment leaves keys to read, and all that anybody saw signing', async () => {
    const folder = '/data'
    const before = new FragileDisk()
    await (await openSigningKeys(folder, undefined, before)).run(T0)
    const files = before.afterPowerLoss('lost')
    let losses = 0
    for (const fate of FATES) {
      for (let operations = 0; ; operations++) {
        const disk = new FragileDisk(files, operations)
        const keys = await openSigningKeys(folder, undefined, disk)
        const seen = new Set(kidsOf(keys))
        let finished = true
        for (const day of [89, 90, 91]) {
          await keys.run(T0 + day * DAY).catch(() => {
            finished = false
          })
          for (const kid of kidsOf(keys)) seen.add(kid)
        }
        const signer = keys.signer(T0 + 91 * DAY).kid
        const after = await openSigningKeys(
          folder,
          undefined,
          new FragileDisk(disk.afterPowerLoss(fate)),
        )
        expect(kidsOf(after)).toContain(signer)
        if (finished) break
        losses++
      }
    }
    expect(losses).toBeGreaterThan(3 * FATES.length * 5)
  })

  test('what can’t be written changes nothing, and is tried again', async () => {
    const disk = new FragileDisk()
    const keys = await openSigningKeys('/data', undefined, disk)
    await keys.run(T0)
    const broken = new FragileDisk(disk.afterPowerLoss('kept'), 2)
    const again = await openSigningKeys('/data', undefined, broken)
    await expect(again.run(T0 + 89 * DAY)).rejects.toThrow()
    expect(kidsOf(again)).toEqual(kidsOf(keys))
  })
})

test('keys in wrong hands: all are withdrawn at once, the one in waiting too', async () => {
  const folder = await temporaryFolder()
  const keys = await openSigningKeys(folder)
  await keys.run(T0)
  await keys.run(T0 + 89 * DAY)
  const stolen = kidsOf(keys)
  const forged = await sign(keys.signer(T0))
  const now = T0 + 89 * DAY + HOUR
  await keys.replaceAll(now)
  expect(stolen).toHaveLength(2)
  expect(kidsOf(keys)).toHaveLength(1)
  expect(stolen).not.toContain(keys.signer(now).kid)
  await expect(jwtVerify(forged, keys.verifyKeys)).rejects.toThrow()
  expect(await readFile(fileOf(folder), 'utf8')).not.toContain(stolen[0])
  expect(keys.next()?.at).toBe(now + 89 * DAY)
})

test('changes asked for at once are made one after the other', async () => {
  const folder = await temporaryFolder()
  const keys = await openSigningKeys(folder)
  await keys.run(T0)
  const due = T0 + 89 * DAY
  await Promise.all([keys.run(due), keys.replaceAll(due), keys.run(due), keys.replaceAll(due)])
  expect(kidsOf(await openSigningKeys(folder))).toEqual(kidsOf(keys))
  expect(kidsOf(keys)).toHaveLength(1)
})

describe('a file of an earlier version', () => {
  const earlier = async (...kids: readonly string[]) => {
    const folder = await temporaryFolder()
    const keys = await Promise.all(
      kids.map(async (kid) => {
        const { privateKey } = await generateKeyPair('ES256', { extractable: true })
        return { privateKey, kid, stored: { ...(await exportJWK(privateKey)), kid } }
      }),
    )
    await writeFile(fileOf(folder), JSON.stringify({ keys: keys.map(({ stored }) => stored) }))
    return { folder, keys }
  }

  test('opens; its key signs on, and its life begins', async () => {
    const { folder } = await earlier('a')
    const keys = await openSigningKeys(folder)
    expect(keys.signer(T0).kid).toBe('a')
    await keys.run(T0)
    expect((await openSigningKeys(folder)).next()?.at).toBe(T0 + 89 * DAY)
  })

  test('the newest of several keys signs; tokens of the older are verified for a day', async () => {
    const { folder, keys: stored } = await earlier('a', 'b')
    const keys = await openSigningKeys(folder)
    expect(keys.signer(T0).kid).toBe('b')
    await keys.run(T0)
    for (const key of stored) {
      await expect(jwtVerify(await sign(key), keys.verifyKeys)).resolves.toBeTruthy()
    }
    await keys.run(T0 + DAY + 5 * MINUTE)
    expect(kidsOf(keys)).toEqual(['b'])
  })
})

test.for(['', '{', '[]', '{"keys":[]}', '{"keys":[{"kty":"EC","d":"hunter2"}]}'])(
  'a key file that holds %s is named, with what to do, and left as it is',
  async (content) => {
    const folder = await temporaryFolder()
    const file = fileOf(folder)
    await writeFile(file, content)
    const error = (await openSigningKeys(folder).catch((error: unknown) => error)) as Error
    expect(error.name).toBe('StartError')
    expect(error.message).toContain(file)
    expect(error.message).toContain('Put the file back from a backup')
    expect(error.message).not.toContain('hunter2')
    expect(await readFile(file, 'utf8')).toBe(content)
  },
)
