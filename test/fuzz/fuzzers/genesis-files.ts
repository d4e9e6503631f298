import {encodeCanonical, equalBytes, fromBase64} from '@vitalvault/contracts';
import {GenesisSchema} from '@vitalvault/contracts/gen/genesis/v1/genesis';
import {MalformedError, parseGenesis} from '@vitalvault/light-client';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {pick} from '../fuzzer.js';
import type {Fuzzer, Next} from '../fuzzer.js';
import {changedText} from './changed-text.js';

const VECTORS = join(import.meta.dirname, '../../vectors/genesis.json');
interface Document {
  app_state?: unknown;
  consensus_params?: unknown;
}

/** The file changed, or the bytes of its `app_state`, or one of its fields exchanged for another file's. */
function changed(document: Document, others: readonly Document[], next: Next): string {
  const text = JSON.stringify(document);
  const appState = document.app_state;
  switch (next(3)) {
    case 0: {
      if (typeof appState !== 'string') return changedText(text, next);
      const bytes = Buffer.from(appState, 'base64');
      const at = next(bytes.length);
      if (next(2) === 0) bytes[at] = next(256);
      const cut = next(4) === 0 ? Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + next(9))]) : bytes;
      return JSON.stringify({...document, app_state: cut.toString('base64')});
    }
    case 1: {
      const [other, field] = [pick(next, others), pick(next, Object.keys(document))];
      return JSON.stringify({...document, [field]: (other as Record<string, unknown>)[field]});
    }
    default:
      return changedText(text, next);
  }
}

export const genesisFiles: Fuzzer = {
  name: 'parseGenesis',
  never: 'an exception that is no refusal, or a file taken whose app_state is not the canonical one of what was read',
  batch: 500,
  quick: 2_000,
  reaches: ['refused', 'taken'],
  open: (next) => {
    const {taken, refused} = JSON.parse(readFileSync(VECTORS, 'utf8')) as Record<string, {document: Document}[]>;
    const good = (taken ?? []).map(({document}) => document);
    const all = [...good, ...(refused ?? []).map(({document}) => document)];
    return {
      input: () => {
        const text = changed(pick(next, good), all, next);
        let parsed: ReturnType<typeof parseGenesis>;
        try {
          parsed = parseGenesis(text);
        } catch (error) {
          if (error instanceof MalformedError) return 'refused';
          throw error;
        }
        const {app_state: said} = JSON.parse(text) as {app_state: string};
        if (!equalBytes(encodeCanonical(GenesisSchema, parsed.genesis), fromBase64(said)))
          throw new Error('taken, and another genesis than its bytes');
        if (parsed.validators.length === 0) throw new Error('taken without a validator');
        return 'taken';
      },
    };
  },
};
