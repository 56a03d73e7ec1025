/**
 * What screen readers are told. Two regions, present from the first paint: one for the person's own acts, said at once,
 * and one for what others do, gathered so that a busy page does not talk without pause.
 */

const gatherMs = 4000;

export interface AnnouncerSnapshot {
  readonly own: string;
  readonly others: string;
}

export class Announcer {
  #listeners = new Set<() => void>();
  #snapshot: AnnouncerSnapshot = { own: "", others: "" };
  #waiting: string[] = [];
  #timer: ReturnType<typeof setTimeout> | null = null;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly getSnapshot = (): AnnouncerSnapshot => this.#snapshot;

  /** Something that the person did, or that concerns their own words. */
  readonly say = (text: string): void => {
    // The same words twice would change nothing in the page, so nothing would be said.
    const again = this.#snapshot.own === text ? `${text}\u00a0` : text;
    this.#publish({ ...this.#snapshot, own: again });
  };

  /** Something that others did: said at most every four seconds, several in one sentence list. */
  readonly mention = (text: string): void => {
    if (!this.#waiting.includes(text)) this.#waiting.push(text);
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      const others = this.#waiting.join(" ");
      this.#waiting = [];
      this.#publish({ ...this.#snapshot, others });
    }, gatherMs);
  };

  #publish(snapshot: AnnouncerSnapshot): void {
    this.#snapshot = snapshot;
    for (const listener of this.#listeners) listener();
  }
}
