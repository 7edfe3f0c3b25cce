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

/** What was parsed last, as a large directory is met at each of a commit's paths. */
const parsed = new Map<Buffer, readonly TreeEntry[]>();
const MAX_PARSED = 4;
const LARGEST_PARSED = 1 << 20;

/** Reads the content of a tree object; the bytes must not change afterwards. */
export function parseTree(bytes: Buffer): readonly TreeEntry[] {
  const known = parsed.get(bytes);
  if (known !== undefined) return known;
  const entries = [...placesIn(bytes)].map(({ from, space, nul }) => ({
    mode: bytes.toString('latin1', from, space),
    name: bytes.toString('latin1', space + 1, nul),
    oid: bytes.toString('hex', nul + 1, nul + 21),
  }));
  if (bytes.length <= LARGEST_PARSED) parsed.set(bytes, entries);
  for (const oldest of parsed.keys()) if (parsed.size > MAX_PARSED) parsed.delete(oldest);
  return entries;
}

/** One entry of a tree object's content, or null, without parsing the others. */
export function findInTree(bytes: Buffer, name: string): TreeEntry | null {
  if (bytes.length > SMALL) return findInLarge(bytes, name);
  for (const { from, space, nul } of placesIn(bytes)) {
    if (nul - space - 1 === name.length && bytes.toString('latin1', space + 1, nul) === name)
      return {
        mode: bytes.toString('latin1', from, space),
        name,
        oid: bytes.toString('hex', nul + 1, nul + 21),
      };
  }
  return null;
}

/** Bytes of a tree that is looked through each time. */
const SMALL = 4096;

/** Where the entries of large trees begin, by name: the folder of all firms is asked for each of them. */
const places = new WeakMap<Buffer, Map<string, number>>();

function findInLarge(bytes: Buffer, name: string): TreeEntry | null {
  const known = places.get(bytes) ?? new Map(placesByName(bytes));
  places.set(bytes, known);
  const from = known.get(name);
  if (from === undefined) return null;
  const space = bytes.indexOf(0x20, from);
  const oidAt = space + name.length + 2;
  return { mode: bytes.toString('latin1', from, space), name, oid: bytes.toString('hex', oidAt, oidAt + 20) };
}

function* placesByName(bytes: Buffer): Generator<[name: string, from: number]> {
  for (const { from, space, nul } of placesIn(bytes)) yield [bytes.toString('latin1', space + 1, nul), from];
}

/** Where each entry begins, its mode ends and its name ends. */
function* placesIn(bytes: Buffer): Generator<{ from: number; space: number; nul: number }> {
  for (let from = 0; from < bytes.length; ) {
    const space = bytes.indexOf(0x20, from);
    const nul = bytes.indexOf(0, space);
    if (space < 0 || nul < 0 || nul + 21 > bytes.length) throw new Error('torn tree object');
    yield { from, space, nul };
    from = nul + 21;
  }
}

/** The content of a tree object, entries in the given order. */
export function renderTree(entries: readonly TreeEntry[]): Buffer {
  const size = entries.reduce((sum, { mode, name }) => sum + mode.length + name.length + 22, 0);
  const bytes = Buffer.allocUnsafe(size);
  let at = 0;
  for (const { mode, name, oid } of entries) {
    at += bytes.write(`${mode} ${name}\0`, at, 'latin1');
    at += bytes.write(oid, at, 'hex');
  }
  return bytes;
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
