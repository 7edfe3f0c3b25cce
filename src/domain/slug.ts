const slugPattern = /^[a-z0-9]+(?:[_-][a-z0-9]+)*$/;
const windowsDevice = /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])$/;

/** True for a name that is safe as a directory on every system: lower-case letters, digits, `_` and `-`. */
export function isSlug(text: string): boolean {
  return text.length <= 64 && slugPattern.test(text) && !windowsDevice.test(text);
}

/** The nearest slug to what somebody typed, or null when nothing of it can stay. */
export function toSlug(text: string): string | null {
  const slug = text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .slice(0, 64)
    .replace(/_+$/, '');
  return isSlug(slug) ? slug : null;
}
