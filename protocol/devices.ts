import * as v from 'valibot'

/** `POST /devices`: registers an installation. The `DPoP` header brings and proves its public key. */
export const DeviceRegistration = v.object({
  /** What the person will recognise it by, e.g. the computer's name. */
  name: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(100)),
  /** e.g. `linux`, `macos`, `windows`, `chromium`, `firefox`. */
  platform: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(50)),
})

export type DeviceRegistration = v.InferOutput<typeof DeviceRegistration>

export const RegisteredDevice = v.object({ device_id: v.string() })

export type RegisteredDevice = v.InferOutput<typeof RegisteredDevice>
