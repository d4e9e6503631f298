// `make packages`: archives that `npm install` takes, in dist/packages. Nothing is published: docs/adr/0019.
import {rmSync} from 'node:fs';
import {join, relative} from 'node:path';
import {packAll} from './pack.ts';
import {REPOSITORY} from './packages.ts';

const into = join(REPOSITORY, 'dist', 'packages');
rmSync(into, {recursive: true, force: true});
for (const {name, version, archive, bytes, files} of packAll(into))
  console.log(
    `${name}@${version}  ${Math.ceil(bytes / 1024)} KiB, ${files.length} files  ${relative(REPOSITORY, archive)}`,
  );
console.log('npm install takes all of them at once: npm install dist/packages/*.tgz');
