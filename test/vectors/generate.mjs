// Writes test/vectors/protocol.json. Run after `node tools/build.mjs`; a spec fails when the file and the code differ.
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {protocolVectors} from './protocol-vectors.ts';

writeFileSync(join(import.meta.dirname, 'protocol.json'), `${JSON.stringify(await protocolVectors(), null, 1)}\n`);
