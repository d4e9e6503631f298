// Writes test/vectors/protocol.json and protocol-parts.json. Run after `node tools/build.mjs`; a spec fails when a file
// and the code differ.
import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {protocolParts} from './protocol-parts.ts';
import {protocolVectors} from './protocol-vectors.ts';

const write = (name, vectors) =>
  writeFileSync(join(import.meta.dirname, name), `${JSON.stringify(vectors, null, 1)}\n`);
const read = (name) => JSON.parse(readFileSync(join(import.meta.dirname, name), 'utf8'));

write('protocol.json', await protocolVectors());
write('protocol-parts.json', await protocolParts(read('protocol.json'), read('signed-header.json')));
