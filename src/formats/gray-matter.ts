import matter from 'gray-matter';

/** gray-matter runs `---js` blocks unless every engine it knows is replaced. */
const refuse = (): never => {
  throw new Error('only YAML front matter is read');
};

/**
 * The front matter that gray-matter finds in a text, without ever running it; empty where it takes all of it for
 * comments. The only use of the package, so that a bundle can load it at the first call.
 */
export function grayMatterOf(text: string): string {
  let seen = '';
  const keep = (yaml: string) => {
    seen = yaml;
    return {};
  };
  matter(text, { language: 'yaml', engines: { yaml: keep, javascript: refuse, json: refuse } });
  return seen;
}
