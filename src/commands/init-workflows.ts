import { readAsset } from '../store/assets.ts';

/** The workflows of a workspace; `ci.yml` beside them is the engine's own. */
const names = ['aggregate', 'check', 'rollups'] as const;

const actionFolder = '.github/actions/scend';

/**
 * What GitHub runs for a workspace: the files of the engine's own repository, byte for byte but for the place of
 * the action, which stands at the root there.
 */
export function workflowFiles(): [string, Uint8Array][] {
  return [
    [`${actionFolder}/action.yml`, readAsset('action.yml')],
    [`${actionFolder}/scend-matcher.json`, readAsset('.github/scend-matcher.json')],
    ...names.map((name): [string, Uint8Array] => {
      const path = `.github/workflows/${name}.yml`;
      const text = new TextDecoder().decode(readAsset(path));
      return [path, new TextEncoder().encode(text.replace(/uses: \.\/$/gm, `uses: ./${actionFolder}`))];
    }),
  ];
}

/** What to say where the workspace is no repository's root: GitHub would never look there. */
export function workflowsElsewhere(top: string, folder: string): string {
  return [
    `No workflows were written: GitHub reads .github only at the root of a repository, which is ${top}.`,
    '  To have them here, run "git init" and then "scend init" again; or make a workspace elsewhere, copy its .github',
    `  to that root, put "${folder}/" in front of the paths in rollups.yml, and give each workflow`,
    `  "working-directory: ${folder}" under "defaults: run:".`,
  ].join('\n');
}
