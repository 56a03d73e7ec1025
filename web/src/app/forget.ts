/** Removes what this service kept on the device: for shared computers, at sign-out. */
export async function forgetDevice(): Promise<void> {
  try {
    for (const key of Object.keys(localStorage)) {
      if (key.startsWith("footprint.")) localStorage.removeItem(key);
    }
  } catch {
    // A browser that keeps nothing has nothing to remove.
  }
  const { clearDevice } = await import("../sync/device.ts");
  await clearDevice();
}
