/** Small things kept on this device. A browser that keeps nothing is not an error: it only forgets. */

export function storageKey(key: string): string {
  return `footprint.${key}`;
}

/** False where the browser refuses to keep it. */
export function keep(key: string, value: string): boolean {
  try {
    localStorage.setItem(storageKey(key), value);
    return true;
  } catch {
    return false;
  }
}
