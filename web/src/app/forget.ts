/** What this device keeps for a person, and removing it at sign-out: computers are shared. */

const prefix = "footprint.";

/** Words and figures of this person that the service does not have: unsaved, or refused. */
export async function onlyOnDevice(person: string): Promise<boolean> {
  const [{ DeviceKept, keptKey }, { browserNotes, unsavedCopies }, { personOf }] = await loaded();
  if ([...unsavedCopies(browserNotes())].some((name) => personOf(name) === person)) return true;
  return (await new DeviceKept().load(keptKey(person, ""))).length > 0;
}

/** Removes all that is this person's, and what of others the service has too. What others have here alone stays for them. */
export async function forgetDevice(person: string): Promise<void> {
  const [{ DeviceKept, keptKey }, { browserNotes, unsavedCopies }, device] = await loaded();
  const notes = browserNotes();
  const unsaved = unsavedCopies(notes);
  const stays = (name: string, owner: string) => owner !== person && unsaved.has(name);
  await device.removeCopies(stays);
  const kept = new DeviceKept();
  const records = await kept.load(keptKey(person, ""));
  await Promise.all(records.map(([key]) => kept.remove(key)));
  const others = [...unsaved].filter((name) => device.personOf(name) !== person);
  for (const key of notes.keys()) {
    const mark = others.some((name) => key.includes(name));
    if (key.startsWith(prefix) && !mark) notes.removeItem(key);
  }
}

/** Apart from the first page's code. */
function loaded() {
  return Promise.all([
    import("../sync/kept.ts"),
    import("../sync/notes.ts"),
    import("../sync/device.ts"),
  ]);
}
