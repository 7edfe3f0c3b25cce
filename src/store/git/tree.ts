/** An entry as its tree holds it: the name is the bytes, one per character, so that `<` is Git's order. */
export interface TreeEntry {
  readonly mode: string;
  readonly name: string;
  readonly oid: string;
}

/** A path or name as bytes, one per character. */
export function toName(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

/** The text of a name of bytes; what is not UTF-8 becomes U+FFFD. */
export function fromName(name: string): string {
  return Buffer.from(name, 'latin1').toString('utf8');
}

export function isTree(entry: Pick<TreeEntry, 'mode'>): boolean {
  return entry.mode === '40000' || entry.mode === '040000';
}

/** Whether it is a plain file, executable or not. */
export function isRegular(entry: Pick<TreeEntry, 'mode'>): boolean {
  return entry.mode.startsWith('100');
}

/** Reads the content of a tree object. */
export function parseTree(bytes: Buffer): readonly TreeEntry[] {
  const entries: TreeEntry[] = [];
  let at = 0;
  while (at < bytes.length) {
    const space = bytes.indexOf(0x20, at);
    const nul = bytes.indexOf(0, space);
    if (space < 0 || nul < 0 || nul + 21 > bytes.length) throw new Error('torn tree object');
    entries.push({
      mode: bytes.toString('latin1', at, space),
      name: bytes.toString('latin1', space + 1, nul),
      oid: bytes.toString('hex', nul + 1, nul + 21),
    });
    at = nul + 21;
  }
  return entries;
}

/** The content of a tree object, entries in the given order. */
export function renderTree(entries: readonly TreeEntry[]): Buffer {
  const parts = entries.flatMap(({ mode, name, oid }) => [
    Buffer.from(`${mode} ${name}\0`, 'latin1'),
    Buffer.from(oid, 'hex'),
  ]);
  return Buffer.concat(parts);
}

/** The entries with one put in, replaced (null: removed); the others and their order stay as they are. */
export function spliceTree(
  entries: readonly TreeEntry[],
  name: string,
  entry: TreeEntry | null,
): readonly TreeEntry[] {
  const others = entries.filter((other) => other.name !== name);
  if (entry === null) return others;
  const at = others.findIndex((other) => sortKey(other) > sortKey(entry));
  return at < 0 ? [...others, entry] : others.toSpliced(at, 0, entry);
}

/** Git sorts a directory as if its name ended in a slash. */
function sortKey(entry: TreeEntry): string {
  return isTree(entry) ? `${entry.name}/` : entry.name;
}
