/** Why a single sign-on did not succeed, by the code that it came back with. */
const words: Readonly<Record<string, string>> = {
  "sso.cancelled": "You stopped signing in. Try again when you are ready.",
  "sso.no_access":
    "You have no account here, or your organisation is not part of a plan here yet. Ask the person who leads the plan in your area to invite you.",
  "sso.expired": "Signing in took too long, or was begun in another window. Try again in this one.",
  "sso.unavailable":
    "Your organisation’s sign-in service could not be reached. Try again in a few minutes.",
  "sso.failed":
    "Your organisation’s sign-in service gave an answer that could not be trusted. Try again. If it stays so, tell its IT service desk.",
  "sso.unknown_provider": "That way to sign in has not been set up.",
};

export function problemWords(code: string): string {
  return (
    words[code] ??
    // Only what looks like a code is repeated: the address can say anything.
    `Signing in did not work. Try again.${
      /^[a-z][a-z0-9._-]{1,40}$/.test(code)
        ? ` If it stays so, tell the people who run this service: ${code}.`
        : ""
    }`
  );
}
