/** A built extension as a zip: the same bytes from the same files, whenever they were written. */
export function packed(folder: string): Buffer
