import {spawnSync} from 'node:child_process';
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {signedDigests} from '../rows/signed-digests.js';
import type {Fact, RowContext} from '../suite/row.js';
import {CannotMeasure} from '../suite/row.js';
import {goProgram} from './go-program.js';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** How fast the verifiers of the Go references are on one core. */
export function goVerification({scratch, say}: RowContext, count: number): Fact[] {
  const file = join(scratch.directory('go'), 'signatures');
  const lines = signedDigests(count).map(({publicKey, digest, signature}) => [publicKey, digest, signature].map(hex));
  writeFileSync(file, lines.map((line) => line.join(' ')).join('\n'));
  const kinds = {'libsecp256k1 from Go (cgo)': 'c', 'pure Go': 'go'};
  return Object.entries(kinds).map(([title, kind]) => {
    try {
      const {stdout} = spawnSync(goProgram(say), ['verify', kind, file], {encoding: 'utf8'});
      return {title, value: stdout === '' ? 'not there' : `${Number(stdout).toFixed(0)} verifications/s`};
    } catch (error) {
      if (error instanceof CannotMeasure) return {title, value: error.message};
      throw error;
    }
  });
}
