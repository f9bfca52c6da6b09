/** Builds the extension into `folder`, which is emptied first. */
export function buildExtension(
  folder: string,
  options?: { readonly watch?: boolean; readonly minify?: boolean },
): Promise<void>
