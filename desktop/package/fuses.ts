/** The switches that are burnt into an Electron binary (@electron/fuses 2.1, `FuseV1Options`). */
export const FUSES = [
  'runAsNode',
  'enableCookieEncryption',
  'enableNodeOptionsEnvironmentVariable',
  'enableNodeCliInspectArguments',
  'enableEmbeddedAsarIntegrityValidation',
  'onlyLoadAppFromAsar',
  'loadBrowserProcessSpecificV8Snapshot',
  'grantFileProtocolExtraPrivileges',
  'wasmTrapHandlers',
] as const

type Fuse = (typeof FUSES)[number]

/** All of them stated: one that nobody thought of is an error of types. */
export const fuses = {
  // The binary is our app and nothing else: no Node for whoever sets a variable.
  runAsNode: false,
  enableNodeOptionsEnvironmentVariable: false,
  // No debugger in a process that holds tokens.
  enableNodeCliInspectArguments: false,
  enableCookieEncryption: true,
  // Code comes from the archive that was signed, whole; on Linux Electron does not check that.
  enableEmbeddedAsarIntegrityValidation: true,
  onlyLoadAppFromAsar: true,
  loadBrowserProcessSpecificV8Snapshot: false,
  // The page comes from app://, so file:// needs no more than it has on the web.
  grantFileProtocolExtraPrivileges: false,
  // How out-of-bounds accesses of WebAssembly are caught: by hardware. The page has none.
  wasmTrapHandlers: true,
} as const satisfies Record<Fuse, boolean>
