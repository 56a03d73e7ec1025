/** Asks before the page is left while words are unsaved. Returns the function that stops asking. */
export function guardLeaving(
  hasUnsaved: () => boolean,
  page: Pick<Window, "addEventListener" | "removeEventListener"> | undefined = globalThis.window,
): () => void {
  if (!page) return () => undefined;
  const ask = (event: Event): void => {
    if (hasUnsaved()) event.preventDefault();
  };
  page.addEventListener("beforeunload", ask);
  return () => page.removeEventListener("beforeunload", ask);
}
