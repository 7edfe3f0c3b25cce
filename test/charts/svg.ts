import { widthOf } from '../../src/charts/text.ts';

export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Element[];
  text: string;
}

/** Reads XML strictly, as much of it as an SVG of ours may use; throws where it is not well-formed. */
export function parseXml(xml: string): Element {
  const root: Element = { name: '', attributes: {}, children: [], text: '' };
  const open = [root];
  const token = /<(\/?)([A-Za-z][\w.-]*)((?:\s+[A-Za-z][\w:-]*="[^"<]*")*)\s*(\/?)>|([^<>]+)/gy;
  let end = 0;
  for (let match = token.exec(xml); match; match = token.exec(xml)) {
    end = token.lastIndex;
    const [, closing, name = '', attributes = '', empty, text] = match;
    const current = open.at(-1);
    if (!current) throw new Error('more closed than opened');
    if (text !== undefined) current.text += decode(text);
    else if (closing) {
      if (current.name !== name) throw new Error(`</${name}> closes <${current.name}>`);
      open.pop();
    } else {
      const element: Element = { name, attributes: attributesOf(attributes), children: [], text: '' };
      current.children.push(element);
      if (!empty) open.push(element);
    }
  }
  const top = root.children[0];
  if (end !== xml.length) throw new Error(`not well-formed at ${end}: ${xml.slice(end, end + 60)}`);
  if (open.length !== 1 || root.children.length !== 1 || !top) throw new Error('not one element, closed');
  return top;
}

function attributesOf(text: string): Record<string, string> {
  const found = [...text.matchAll(/([A-Za-z][\w:-]*)="([^"]*)"/g)];
  const names = found.map((one) => one[1]);
  if (new Set(names).size !== names.length) throw new Error(`an attribute twice: ${text}`);
  return Object.fromEntries(found.map((one) => [one[1] ?? '', decode(one[2] ?? '')]));
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"' };

function decode(text: string): string {
  // XML 1.0, production 2: no control character but tab and line ends, no surrogate alone.
  if (/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u.test(text))
    throw new Error('a forbidden character');
  return text.replace(/&([^;]*)(;?)/g, (_, name: string, closed: string) => {
    const character = entities[name];
    if (character === undefined || closed === '') throw new Error(`unknown entity &${name}`);
    return character;
  });
}

export function* elementsOf(element: Element): Generator<Element> {
  yield element;
  for (const child of element.children) yield* elementsOf(child);
}

export interface Box {
  readonly text: string;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Where each label lies, by the translations around it and the estimated width of its text. */
export function labelBoxes(element: Element, x = 0, y = 0): Box[] {
  const {
    transform = '',
    'text-anchor': anchor,
    'font-size': size = '11',
    'font-weight': weight,
  } = element.attributes;
  const move = /^translate\((-?[\d.]+),(-?[\d.]+)\)$/.exec(transform);
  if (transform !== '' && !move) throw new Error(`an unknown transform: ${transform}`);
  const [left, base] = [x + Number(move?.[1] ?? 0), y + Number(move?.[2] ?? 0)];
  const own: Box[] = [];
  if (element.name === 'text') {
    const pixels = Number.parseFloat(size);
    const wide = widthOf(element.text, pixels, weight === '600');
    const start = left - (anchor === 'end' ? wide : anchor === 'middle' ? wide / 2 : 0);
    // Ascent and descent of usual type, above and below its base line.
    own.push({
      text: element.text,
      left: start,
      right: start + wide,
      top: base - 0.8 * pixels,
      bottom: base + 0.2 * pixels,
    });
  }
  return [...own, ...element.children.flatMap((child) => labelBoxes(child, left, base))];
}
