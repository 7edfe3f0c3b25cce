let under = 0;
let waiting: (() => void)[] = [];

/** Runs what should not be cut short by a signal, if it can be helped: see `whenDone`. */
export async function critical<T>(body: () => Promise<T>): Promise<T> {
  under += 1;
  try {
    return await body();
  } finally {
    under -= 1;
    if (under === 0) {
      for (const done of waiting) done();
      waiting = [];
    }
  }
}

/** Calls back as soon as nothing critical is under way; at once when nothing is. */
export function whenDone(callback: () => void): void {
  if (under === 0) callback();
  else waiting.push(callback);
}
