import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {chainVectors} from './chain-vectors.ts';
import {decisionVectors} from './decision-vectors.ts';
import {encodingVectors} from './encoding-vectors.ts';
import {capturedGenesis, genesisVectors} from './genesis-vectors.ts';
import type {CapturedHeader} from './header-vectors.ts';
import {orderVectors} from './order-vectors.ts';
import {protocolParts} from './protocol-parts.ts';
import type {ProtocolJson} from './protocol-parts.ts';
import {protocolVectors} from './protocol-vectors.ts';
import {stateMapVectors} from './state-map-vectors.ts';

/**
 * Each file of vectors by its name, as it must stand there. signed-header.json is CometBFT's own word and is only read.
 */
export async function vectorFiles(): Promise<Record<string, string>> {
  const captured = JSON.parse(readFileSync(join(import.meta.dirname, 'signed-header.json'), 'utf8')) as CapturedHeader;
  const protocol = await protocolVectors();
  const made: Record<string, unknown> = {
    'protocol.json': protocol,
    'protocol-parts.json': await protocolParts(protocol as unknown as ProtocolJson, captured),
    'ledger-chain.json': chainVectors(),
    'ledger-decisions.json': decisionVectors(),
    'ledger-order.json': orderVectors(),
    'proofs-state.json': stateMapVectors(),
    'encodings.json': encodingVectors(),
    'genesis.json': genesisVectors(),
    '../../libs/light-client/testdata/genesis.json': capturedGenesis(capturedValidators()),
  };
  return Object.fromEntries(Object.entries(made).map(([name, value]) => [name, `${JSON.stringify(value, null, 1)}\n`]));
}

function capturedValidators() {
  const path = join(import.meta.dirname, '../../libs/light-client/testdata/validators.json');
  return (JSON.parse(readFileSync(path, 'utf8')) as {validators: Parameters<typeof capturedGenesis>[0]}).validators;
}
