/** Run as a process of its own: commits `count` files named after `who` through the native backend; prints ids. */
import { native } from '../../../src/store/git/native/native-commit.ts';
import { baseEnv, NOW, openAt, put } from './sandbox.ts';

const [top, home, who, count] = process.argv.slice(2);
const repo = await openAt(top!, baseEnv(home!));
for (let i = 0; i < Number(count); i += 1) {
  const path = `${who}/${i}.md`;
  const text = `${who} ${i}\n`;
  put(repo.top, { [path]: text });
  const files = [{ path, bytes: Buffer.from(text), base: null }];
  const result = await native.commitPaths(repo, { files, message: `${who} ${i}`, now: NOW });
  console.log(result.kind === 'committed' ? result.oid : result.kind);
}
