import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Root of the installed package; the same two levels up from `src/store` and `dist/store`. */
const packageRoot = new URL('../../', import.meta.url);

/** A file that comes with the package (templates, schemas, the sample firm), by its path in the package. */
export function readAsset(path: string): Uint8Array {
  return readFileSync(fileURLToPath(new URL(path, packageRoot)));
}

/** Paths of all files below a folder of the package, sorted. */
export function listAssets(folder: string): string[] {
  const entries = readdirSync(fileURLToPath(new URL(folder, packageRoot)), {
    withFileTypes: true,
    recursive: true,
  });
  return entries
    .filter((one) => one.isFile() && !one.name.startsWith('.'))
    .map((one) => {
      const dir = one.parentPath ?? (one as unknown as { path: string }).path;
      const relative = `${dir}/${one.name}`.replaceAll('\\', '/');
      return relative.slice(relative.indexOf(`/${folder}/`) + 1);
    })
    .sort();
}

/** Version of this release, as package.json says. */
export function packageVersion(): string {
  const text = new TextDecoder().decode(readAsset('package.json'));
  return (JSON.parse(text) as { version: string }).version;
}

/** Where the command line of this release lies. */
export function commandLinePath(): string {
  return fileURLToPath(new URL('dist/cli.js', packageRoot));
}
