/** A line and what ends it; merging compares the text alone. */
export interface Line {
  readonly text: string;
  /** Empty for a last line without an end. */
  readonly eol: string;
}

/** Two things said of one place, of which a person must choose one. */
export interface Conflict {
  /** The ticket's id, or a word for the place. */
  readonly subject: string;
  /** `Status`, `title`, …; null when the whole subject is concerned. */
  readonly field: string | null;
  /** What either side says, for people. */
  readonly says: { readonly ours: string; readonly theirs: string };
  readonly ours: readonly Line[];
  readonly theirs: readonly Line[];
}

/** A merged text is lines, with conflicts between them. */
export type Piece = Line | Conflict;

export function isConflict(piece: Piece): piece is Conflict {
  return 'says' in piece;
}

/** The lines of a text, which end in LF, CRLF or a lone CR. */
export function splitLines(text: string): Line[] {
  return [...text.matchAll(/([^\r\n]*)(\r\n|\r|\n|$)/g)]
    .map((match) => ({ text: match[1] ?? '', eol: match[2] ?? '' }))
    .filter((line) => line.text !== '' || line.eol !== '');
}

/** True when two runs of lines read the same. */
export function sameLines(a: readonly Line[], b: readonly Line[]): boolean {
  return a.length === b.length && a.every((line, index) => line.text === b[index]?.text);
}

/** The pieces with each conflict decided for one side. */
export function resolved(pieces: readonly Piece[], side: 'ours' | 'theirs'): Line[] {
  return pieces.flatMap((piece) => (isConflict(piece) ? piece[side] : [piece]));
}

/** Lines as text: one that had no end gets `eol`, unless it is the last. */
export function joinLines(lines: readonly Line[], eol: string): string {
  const last = lines.length - 1;
  return lines.map((line, n) => line.text + (line.eol === '' && n < last ? eol : line.eol)).join('');
}

export interface MarkerStyle {
  readonly size: number;
  readonly ours: string;
  readonly theirs: string;
  readonly eol: string;
}

/** The pieces as lines, conflicts between Git's markers, which name what is disputed. */
export function withMarkers(pieces: readonly Piece[], style: MarkerStyle): Line[] {
  const { size, eol } = style;
  const mark = (sign: string, label: string) => ({
    text: [sign.repeat(size), label].filter(Boolean).join(' '),
    eol,
  });
  return pieces.flatMap((piece): Line[] => {
    if (!isConflict(piece)) return [piece];
    const label = (side: 'ours' | 'theirs') =>
      [style[side], piece.subject === '' ? '' : `(${titleOf(piece)}: ${piece.says[side]})`]
        .filter(Boolean)
        .join(' ');
    const ended = (lines: readonly Line[]) =>
      lines.map((line) => (line.eol === '' ? { ...line, eol } : line));
    return [
      mark('<', label('ours')),
      ...ended(piece.ours),
      mark('=', ''),
      ...ended(piece.theirs),
      mark('>', label('theirs')),
    ];
  });
}

/** `T1.3.1 Status`: what a conflict is about. */
export function titleOf({ subject, field }: Pick<Conflict, 'subject' | 'field'>): string {
  return field === null ? subject : `${subject} ${field}`;
}

const shown = 60;

/** A value for a label: one line, not too long. */
export function brief(value: string | null): string {
  const text = (value ?? '').replace(/\s+/g, ' ').trim();
  if (text === '') return 'none';
  const points = [...text];
  return points.length > shown ? `${points.slice(0, shown - 1).join('')}…` : text;
}
