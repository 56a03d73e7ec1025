/** "Ruth Adeyemi" as "RA". */
export function initials(name: string): string {
  const parts = name.split(/\s+/).filter((p) => p !== "");
  const ends = parts.length > 1 ? [parts[0], parts.at(-1)] : parts;
  return ends.map((p) => [...(p ?? "")][0]?.toUpperCase() ?? "").join("");
}
