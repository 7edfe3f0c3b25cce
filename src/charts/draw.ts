import type { Loader, Spec } from 'vega';
import { round } from '../domain/number.ts';
import { clean, escapeXml } from './text.ts';
import { darkStyle, fontFamily } from './theme.ts';

/** A picture to be drawn: what Vega draws, and what is said to those who cannot see it. */
export interface Drawing {
  /** Names the picture within a page, for the ids of its title and description. */
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly width: number;
  readonly height: number;
  readonly spec: Spec;
}

const refuse = () => Promise.reject(new Error('a chart loads nothing'));
const noLoader = { load: refuse, sanitize: refuse, http: refuse, file: refuse } as unknown as Loader;

/**
 * Draws a picture as SVG text with a final newline. The same drawing gives the same bytes in every process, time zone and
 * order: nothing in it is measured, dated, numbered or random. Vega is loaded here and only when it is needed.
 */
export async function draw(drawing: Drawing): Promise<string> {
  const { parse, View } = await import('vega');
  const problems: unknown[] = [];
  const note = (...args: readonly unknown[]) => {
    problems.push(...args);
    return logger;
  };
  const quiet = () => logger;
  const logger = { level: () => logger, error: note, warn: note, info: quiet, debug: quiet };
  const view = new View(parse(drawing.spec), {
    renderer: 'none',
    loader: noLoader,
    logger: logger as never,
  });
  const svg = await view.toSVG();
  view.finalize();
  if (problems.length > 0) throw new Error(`the chart ${drawing.id} cannot be drawn: ${problems.join('; ')}`);
  return withFrame(drawing, svg);
}

/** Vega's drawing with a root of our own, without what it repeats on every element. */
function withFrame({ id, title, description, width, height }: Drawing, svg: string): string {
  const inner = svg
    .slice(svg.indexOf('>') + 1, svg.lastIndexOf('</svg>'))
    .replace(/<[^>]*>/g, (tag) => tidy(tag));
  const body = withoutBareGroups(inner).replaceAll('><', '>\n<');
  const name = `scend-${id}`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="scend-chart" role="img" aria-labelledby="${name}-title ${name}-desc" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${fontFamily}">`,
    `<title id="${name}-title">${escapeXml(clean(title))}</title>`,
    `<desc id="${name}-desc">${escapeXml(clean(description))}</desc>`,
    `<style>${darkStyle}</style>`,
    body.trim(),
    '</svg>\n',
  ].join('\n');
}

/** One tag without classes, roles and defaults, its numbers to two decimals. Text between tags is not touched. */
function tidy(tag: string): string {
  if (/^<path class="(?:back|fore)ground"/.test(tag)) return '';
  return tag
    .replace(
      / (?:class|role|pointer-events|font-family|aria-hidden|aria-roledescription|stroke-miterlimit)="[^"]*"/g,
      '',
    )
    .replace(
      / (?:opacity="1"|font-weight="400"|stroke-width="1"|text-anchor="start"|transform="translate\(0,0\)")/g,
      '',
    )
    .replace(/-?\d+(?:\.\d+)?e-\d+/g, '0')
    .replace(/-?\d+\.\d+/g, (number) => String(round(Number(number), 2)));
}

/** Takes away groups that neither move nor paint what is in them. */
function withoutBareGroups(svg: string): string {
  const kept: boolean[] = [];
  return svg.replace(/<g(?: [^>]*)?\/?>|<\/g>/g, (tag) => {
    if (tag === '<g/>' || /^<g .*\/>$/.test(tag)) return '';
    if (tag === '</g>') return kept.pop() ? tag : '';
    kept.push(tag !== '<g>');
    return tag === '<g>' ? '' : tag;
  });
}
