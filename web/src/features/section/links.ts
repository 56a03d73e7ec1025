/** Web addresses and e-mail only; a bare "example.nhs.uk" means https. */
export function linkAddress(typed: string): string | null {
  const text = typed.trim();
  if (text === "") return "";
  if (/^mailto:[^\s@]+@[^\s@]+$/i.test(text)) return text;
  const address = /^[a-z][a-z0-9+.-]*:/i.test(text) ? text : `https://${text}`;
  try {
    const url = new URL(address);
    return (url.protocol === "https:" || url.protocol === "http:") && url.hostname.includes(".")
      ? url.href
      : null;
  } catch {
    return null;
  }
}
