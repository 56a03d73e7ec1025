/** Why a single sign-on did not succeed, by the code that it came back with. */
const words: Readonly<Record<string, string>> = {
  "sso.cancelled": "You stopped signing in. Try again when you are ready.",
  "sso.denied":
    "Your organisation did not let you sign in to this service. Ask its IT service desk.",
  "sso.expired": "Signing in took too long. Try again.",
  "sso.state": "The sign-in was begun in another browser or window. Try again in this one.",
  "sso.no_account":
    "You have no account here yet. Ask the person who leads the plan in your area to invite you.",
  "sso.no_membership":
    "Your organisation is not part of a plan here yet. Ask the person who leads the plan in your area.",
  "sso.disabled": "Your account has been turned off. Ask the people who run this service.",
  "sso.unreachable":
    "Your organisation’s sign-in service could not be reached. Try again in a few minutes.",
  "sso.invalid":
    "Your organisation’s sign-in service gave an answer that could not be trusted. Try again. If it stays so, tell its IT service desk.",
  "sso.unknown": "That way to sign in has not been set up.",
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
