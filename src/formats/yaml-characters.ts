export const [lineFeed, space, hash, dash, colon, quote, apostrophe] = [
  0x0a, 0x20, 0x23, 0x2d, 0x3a, 0x22, 0x27,
];
export const [comma, openList, closeList, openMap, closeMap, backslash] = [
  0x2c, 0x5b, 0x5d, 0x7b, 0x7d, 0x5c,
];

/** Classes of the characters of ASCII, as bits. */
export const inKey = 1;
export const startsKey = 2;
export const startsPlain = 4;
export const inFlowPlain = 8;
export const classes = new Uint8Array(128);
for (let code = 0x21; code < 0x7f; code += 1) {
  const one = String.fromCharCode(code);
  const letter = /[A-Za-z0-9_]/.test(one);
  if (letter) classes[code]! |= startsKey;
  if (letter || /[-./]/.test(one)) classes[code]! |= inKey;
  if (letter || /[$()+./;<=\\^~]/.test(one)) classes[code]! |= startsPlain;
  if (!/[,[\]{}:#"'?]/.test(one)) classes[code]! |= inFlowPlain;
}

export function isClass(code: number, bit: number): boolean {
  return code < 128 ? (classes[code]! & bit) !== 0 : isText(code);
}

/** Characters beyond ASCII that neither break lines nor pass for a space; keys hold none. */
export function isText(code: number): boolean {
  return (
    code > 0xa0 &&
    code !== 0xfeff &&
    !(code >= 0x2000 && code <= 0x200f) &&
    !(code >= 0x2028 && code <= 0x202f)
  );
}
