// Writes every file of vectors that code makes. Run after `node tools/build.ts`; a spec fails when a file and the code
// differ. What a change of ledger-chain.json means is said in docs/changing-the-protocol.md.
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {vectorFiles} from './vector-files.ts';

for (const [name, text] of Object.entries(await vectorFiles())) writeFileSync(join(import.meta.dirname, name), text);
