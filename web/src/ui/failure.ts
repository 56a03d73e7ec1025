import { ApiError, otherPerson } from "../api/client.ts";

function minutes(seconds: number): string {
  const count = Math.max(1, Math.ceil(seconds / 60));
  return count === 1 ? "1 minute" : `${count} minutes`;
}

/** A failed request in words that say what to do. */
export function failureWords(error: unknown): string {
  if (!(error instanceof ApiError)) return "Something went wrong in this page. Try again.";
  if (error.kind === "too-many") {
    return `There were too many tries. Try again in ${minutes(error.retrySeconds)}.`;
  }
  if (error.code === otherPerson) {
    return "This was not sent: somebody else is signed in to this browser by now. What you typed is still here.";
  }
  return error.message;
}
