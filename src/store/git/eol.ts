/** What Git does to line ends on the way in: nothing, always, or only to what it takes for text. */
export type EolAction = 'none' | 'text' | 'auto';

/** Whether the bytes hold a CR, without which no line end setting changes them. */
export function hasCarriageReturn(bytes: Uint8Array): boolean {
  return bytes.includes(0x0d);
}

/** Whether Git would hold the bytes for text and sees CRLF in them. */
export function isTextWithCrlf(bytes: Uint8Array): boolean {
  const stats = gatherStats(bytes);
  return stats.crlf > 0 && !isBinary(stats);
}

/** CRLF made LF; a CR elsewhere stays. */
export function stripCarriageReturns(bytes: Uint8Array): Uint8Array {
  return bytes.filter((byte, i) => byte !== 0x0d || bytes[i + 1] !== 0x0a);
}

interface TextStats {
  crlf: number;
  loneCr: number;
  nul: number;
  printable: number;
  nonprintable: number;
}

/** Backspace, tab, form feed and escape. */
const PRINTABLE_CONTROLS = new Set([8, 9, 12, 27]);

function gatherStats(bytes: Uint8Array): TextStats {
  const stats: TextStats = { crlf: 0, loneCr: 0, nul: 0, printable: 0, nonprintable: 0 };
  for (let i = 0; i < bytes.length; i += 1) {
    const byte = bytes[i]!;
    if (byte === 0x0d) {
      if (bytes[i + 1] === 0x0a) {
        stats.crlf += 1;
        i += 1;
      } else stats.loneCr += 1;
    } else if (byte === 0x0a) {
      // Neither printable nor not.
    } else if (byte === 127 || (byte < 32 && !PRINTABLE_CONTROLS.has(byte))) {
      stats.nonprintable += 1;
      if (byte === 0) stats.nul += 1;
    } else stats.printable += 1;
  }
  // A final Ctrl-Z is an old end-of-file mark.
  if (bytes.at(-1) === 0x1a) stats.nonprintable -= 1;
  return stats;
}

/** The rule of Git's convert.c: a lone CR, a NUL, or more than 1 in 128 characters not printable. */
function isBinary({ loneCr, nul, printable, nonprintable }: TextStats): boolean {
  return loneCr > 0 || nul > 0 || printable >> 7 < nonprintable;
}
