/** The one stretch in which two texts differ, never cutting a character that takes two UTF-16 units. */
export interface TextChange {
  readonly from: number;
  readonly removed: number;
  readonly inserted: number;
}

function isHigh(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  return unit >= 0xd800 && unit <= 0xdbff;
}

function isLow(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  return unit >= 0xdc00 && unit <= 0xdfff;
}

export function commonPrefix(a: string, b: string, most = Infinity): number {
  const end = Math.min(a.length, b.length, most);
  let length = 0;
  while (length < end && a.charCodeAt(length) === b.charCodeAt(length)) length++;
  if (length > 0 && isHigh(a, length - 1) && (isLow(a, length) || isLow(b, length))) length--;
  return length;
}

export function commonSuffix(a: string, b: string, most = Infinity): number {
  const end = Math.min(a.length, b.length, most);
  let length = 0;
  while (
    length < end &&
    a.charCodeAt(a.length - 1 - length) === b.charCodeAt(b.length - 1 - length)
  ) {
    length++;
  }
  if (length > 0 && isLow(a, a.length - length)) {
    if (isHigh(a, a.length - length - 1) || isHigh(b, b.length - length - 1)) length--;
  }
  return length;
}

export function diffText(before: string, after: string): TextChange {
  const prefix = commonPrefix(before, after);
  const rest = Math.min(before.length, after.length) - prefix;
  const suffix = commonSuffix(before, after, rest);
  return {
    from: prefix,
    removed: before.length - prefix - suffix,
    inserted: after.length - prefix - suffix,
  };
}

/** Characters that both have at their beginning or end: how much of `before` would stay where it is. */
export function sharedLength(before: string, after: string): number {
  const prefix = commonPrefix(before, after);
  const rest = Math.min(before.length, after.length) - prefix;
  return prefix + commonSuffix(before, after, rest);
}
