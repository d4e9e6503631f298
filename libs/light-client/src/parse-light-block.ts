import {JsonFields} from './json-fields.js';
import type {BlockId, Commit, CommitSignature, Header, LightBlock} from './light-block.js';

/**
 * Reads a header with its commit from the JSON that CometBFT's RPC gives as `signed_header` of /commit.
 * @throws MalformedError naming the field that is wrong.
 * @spec docs/protocol.md §5.3
 */
export function parseLightBlock(json: string | object): LightBlock {
  const fields =
    typeof json === 'string' ? JsonFields.parse(json, 'signed_header') : new JsonFields(json, 'signed_header');
  return {header: parseHeader(fields.object('header')), commit: parseCommit(fields.object('commit'))};
}

function parseHeader(fields: JsonFields): Header {
  const version = fields.object('version');
  return {
    blockVersion: version.int64('block'),
    appVersion: version.int64('app'),
    chainId: fields.text('chain_id'),
    height: fields.int64('height'),
    time: fields.time('time'),
    lastBlockId: parseBlockId(fields.object('last_block_id')),
    lastCommitHash: fields.hex('last_commit_hash', 32, 0),
    dataHash: fields.hex('data_hash', 32, 0),
    validatorsHash: fields.hex('validators_hash', 32),
    nextValidatorsHash: fields.hex('next_validators_hash', 32),
    consensusHash: fields.hex('consensus_hash', 32, 0),
    appHash: fields.hex('app_hash', 32, 0),
    lastResultsHash: fields.hex('last_results_hash', 32, 0),
    evidenceHash: fields.hex('evidence_hash', 32, 0),
    proposerAddress: fields.hex('proposer_address', 20),
  };
}

function parseCommit(fields: JsonFields): Commit {
  return {
    height: fields.int64('height'),
    round: fields.int32('round'),
    blockId: parseBlockId(fields.object('block_id')),
    signatures: fields.objects('signatures').map(parseSignature),
  };
}

function parseSignature(fields: JsonFields): CommitSignature {
  return {
    flag: fields.int32('block_id_flag'),
    address: fields.hex('validator_address', 20, 0),
    time: fields.time('timestamp'),
    signature: fields.base64('signature', 64, 0),
  };
}

function parseBlockId(fields: JsonFields): BlockId {
  const parts = fields.object('parts');
  return {hash: fields.hex('hash', 32, 0), partsTotal: parts.int32('total'), partsHash: parts.hex('hash', 32, 0)};
}
