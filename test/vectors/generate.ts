// Writes every file of vectors that code makes: `npm run vectors`. A spec fails when a file and the code differ. What a
// change of ledger-chain.json means is said in docs/changing-the-protocol.md. It runs under Jest, as the vectors are
// made with the builders of the tests, which are not compiled.
import {test} from '@jest/globals';
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {vectorFiles} from './vector-files.js';

test('every file of vectors is written', async () => {
  for (const [name, text] of Object.entries(await vectorFiles())) writeFileSync(join(import.meta.dirname, name), text);
});
