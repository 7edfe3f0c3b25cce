const number = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const whole = /^[-+]?[0-9]+$/;
const octal = /^0o[0-7]+$/;
const hexadecimal = /^0x[0-9a-fA-F]+$/;
const special = /^(?:[-+]?\.(?:inf|Inf|INF)|\.nan|\.NaN|\.NAN)$/;

const words: ReadonlyMap<string, boolean | null> = new Map([
  ...['null', 'Null', 'NULL', '~'].map((word) => [word, null] as const),
  ...['true', 'True', 'TRUE'].map((word) => [word, true] as const),
  ...['false', 'False', 'FALSE'].map((word) => [word, false] as const),
]);

/**
 * What a plain scalar (not empty) means in the core schema of YAML 1.2 (10.3.2), by the same conversions that the
 * yaml package makes, so that numbers agree to the bit.
 */
export function plainValue(text: string): string | number | boolean | null {
  const first = text.charCodeAt(0);
  // Digits, and + - . in front of them; all else is a word or text.
  if (first > 0x39 || first < 0x2b || first === 0x2c || first === 0x2f) {
    const word = text.length <= 5 ? words.get(text) : undefined;
    return word === undefined ? text : word;
  }
  const simple = simpleNumber(text);
  if (simple !== null) return simple;
  if (number.test(text)) return whole.test(text) ? Number.parseInt(text, 10) : Number.parseFloat(text);
  if (octal.test(text)) return Number.parseInt(text.slice(2), 8);
  if (hexadecimal.test(text)) return Number.parseInt(text.slice(2), 16);
  if (!special.test(text)) return text;
  if (text.slice(-3).toLowerCase() === 'nan') return Number.NaN;
  return first === 0x2d ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

const powersOfTen = Array.from({ length: 16 }, (_, power) => 10 ** power);

/**
 * The number that digits, or digits with a decimal point between them, stand for, with a minus in front or none; null
 * for any other text. Up to 15 digits and a power of ten are exact, so their one division rounds as the conversion
 * of the whole text would (Clinger 1990).
 */
function simpleNumber(text: string): number | null {
  const start = text.charCodeAt(0) === 0x2d ? 1 : 0;
  if (text.length === start || text.length > 16) return null;
  let digits = 0;
  let point = -1;
  for (let at = start; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code >= 0x30 && code <= 0x39) digits = digits * 10 + code - 0x30;
    else if (code === 0x2e && point < 0 && at > start) point = at;
    else return null;
  }
  const decimals = point < 0 ? 0 : text.length - point - 1;
  if ((point >= 0 && decimals === 0) || text.length - start - (point < 0 ? 0 : 1) > 15) return null;
  const value = decimals === 0 ? digits : digits / (powersOfTen[decimals] as number);
  return start === 1 ? -value : value;
}
