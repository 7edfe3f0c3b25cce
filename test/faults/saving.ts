/** The ways in which editors save a file, as steps between which others may act. */
import {
  closeSync,
  ftruncateSync,
  openSync,
  renameSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';

/** Saves a text under a path, a step at each call; true when it is done. */
export type Saving = () => boolean;
export type Way = (path: string, text: string) => Saving;

/** Each in one step, but for the slow ones, whose second step comes some calls later. */
export const ways: Readonly<Record<string, Way>> = {
  'in place': atOnce((path, text) => writeFileSync(path, text)),
  'by a rename over it': atOnce((path, text) => {
    writeFileSync(`${path}.swap`, text);
    renameSync(`${path}.swap`, path);
  }),
  'beside a backup': atOnce((path, text) => {
    const moved = ifThere(() => renameSync(path, `${path}~`));
    writeFileSync(path, text);
    if (moved) unlinkSync(`${path}~`);
  }),
  'in place, emptied first': inTwo('w'),
  'in place, cut afterwards': inTwo('r+'),
};

export const quick: readonly string[] = ['in place', 'by a rename over it', 'beside a backup'];
export const slow: readonly string[] = ['in place, emptied first', 'in place, cut afterwards'];

function atOnce(save: (path: string, text: string) => void): Way {
  return (path, text) => () => {
    save(path, text);
    return true;
  };
}

/** The file is opened in one step, and written through the same descriptor in the next. */
function inTwo(flags: 'w' | 'r+'): Way {
  return (path, text) => {
    let file: number | null = null;
    return () => {
      if (file === null) {
        ifThere(() => {
          file = openSync(path, flags);
        });
        // Not there to be opened: made new.
        file ??= openSync(path, 'w');
        return false;
      }
      writeSync(file, text, 0);
      ftruncateSync(file, Buffer.byteLength(text));
      closeSync(file);
      return true;
    };
  };
}

function ifThere(body: () => void): boolean {
  try {
    body();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
