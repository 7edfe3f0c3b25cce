/** Where a progress bar is drawn. */
export interface ProgressScreen {
  readonly write: (text: string) => void;
  /** Columns of the window now. */
  readonly columns: () => number;
  /** Milliseconds of a clock that only goes forward. */
  readonly clock: () => number;
}

export interface ProgressBar {
  readonly tell: (done: number, total: number) => void;
  /** Takes the line away, if there is one. */
  readonly clear: () => void;
}

/** Work that is over sooner shows nothing. */
const patience = 1000;
/** Between two drawings. */
const pause = 100;
const widest = 60;
/** Columns left free, so that nothing wraps, not even the ^C that a terminal writes behind it. */
const margin = 3;
/** A bar of fewer columns says nothing. */
const shortest = 5;

/**
 * One line on the error stream that says how far a long work is, and that is gone when it ends. It is drawn
 * when a step is told and never by a timer, so that nothing of it can come after its end.
 */
export function progressBar(screen: ProgressScreen): ProgressBar {
  let began = screen.clock();
  let drawn: number | null = null;
  const clear = () => {
    if (drawn !== null) screen.write('\r\x1b[2K');
    drawn = null;
    // What comes after, as in a check that watches, is long work of its own or none.
    began = screen.clock();
  };
  return {
    clear,
    tell(done, total) {
      const now = screen.clock();
      if (done >= total) return clear();
      if (now - began < patience || (drawn !== null && now - drawn < pause)) return;
      drawn = now;
      screen.write(`\r\x1b[2K${progressLine(done, total, screen.columns())}`);
    },
  };
}

/** `█████░░░░░ 120 of 200 firms`, within the window. */
export function progressLine(done: number, total: number, columns: number): string {
  const room = Math.min(columns - margin, widest);
  const [long, short] = [`${done} of ${total} firms`, `${done}/${total}`];
  const words = [long, short].find((one) => room - one.length > shortest);
  if (words === undefined) return short.length <= room ? short : '';
  const width = room - words.length - 1;
  const filled = total === 0 ? 0 : Math.floor((Math.min(done, total) * width) / total);
  return `${'█'.repeat(filled)}${'░'.repeat(width - filled)} ${words}`;
}
