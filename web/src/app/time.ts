/** Times and numbers as people in England write them. Every function takes the present time, so that tests can set it. */

const zone = "Europe/London";
const clock = new Intl.DateTimeFormat("en-GB", {
  hour: "2-digit",
  minute: "2-digit",
  timeZone: zone,
});
const day = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "long",
  year: "numeric",
  timeZone: zone,
});
const dayOnly = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "long",
  year: "numeric",
  timeZone: "UTC",
});
const relative = new Intl.RelativeTimeFormat("en-GB", { numeric: "auto" });
const count = new Intl.NumberFormat("en-GB");

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** "14:02" */
export function clockTime(at: number): string {
  return clock.format(at);
}

/** "14:02" today, "14:02 on 3 June 2016" otherwise. */
export function clockTimeOrDay(at: number, now: number): string {
  return day.format(at) === day.format(now)
    ? clock.format(at)
    : `${clock.format(at)} on ${day.format(at)}`;
}

/** "just now", "5 minutes ago", "today at 09:14", "yesterday at 17:30", "3 June 2016 at 14:02". */
export function timeAgo(at: number, now: number): string {
  const past = Math.max(0, now - at);
  if (past < minuteMs) return "just now";
  if (past < hourMs) return relative.format(-Math.floor(past / minuteMs), "minute");
  if (day.format(at) === day.format(now)) return `today at ${clock.format(at)}`;
  if (day.format(at) === day.format(now - 24 * hourMs)) return `yesterday at ${clock.format(at)}`;
  return `${day.format(at)} at ${clock.format(at)}`;
}

/** "2016-06-30" as "30 June 2016"; text that is no date stays as it is. */
export function calendarDate(date: string): string {
  const at = Date.parse(`${date}T00:00:00Z`);
  return Number.isNaN(at) ? date : dayOnly.format(at);
}

/** 1234 as "1,234". */
export function wholeNumber(value: number): string {
  return count.format(value);
}

/** "1 word", "1,234 words". */
export function words(value: number): string {
  return `${count.format(value)} ${value === 1 ? "word" : "words"}`;
}

/** "Ruth", "Ruth and Tom", "Ruth, Tom and Una". */
export function listed(names: readonly string[]): string {
  if (names.length < 2) return names.join("");
  return `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
