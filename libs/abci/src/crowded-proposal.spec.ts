import {create, toBinary} from '@bufbuild/protobuf';
import type {MessageInitShape} from '@bufbuild/protobuf';
import {isCrowdedProposal} from './crowded-proposal.js';
import {RequestSchema} from './gen/tendermint/abci/types_pb.js';

const bytes = (value: NonNullable<MessageInitShape<typeof RequestSchema>['value']>): Uint8Array =>
  toBinary(RequestSchema, create(RequestSchema, {value}));
const txs = [Uint8Array.of(), Uint8Array.of(1), new Uint8Array(300)];
const rest = {height: 7n, hash: new Uint8Array(32), misbehavior: [{type: 1, height: 3n}], time: {seconds: 5n}};

describe('isCrowdedProposal', () => {
  it('counts the transactions of a proposal and nothing else in it', () => {
    const message = bytes({case: 'processProposal', value: {...rest, txs}});
    expect([2, 3].map((most) => isCrowdedProposal(message, most))).toEqual([true, false]);
    expect(isCrowdedProposal(bytes({case: 'processProposal', value: rest}), 0)).toBe(false);
  });

  it('leaves every other request alone', () => {
    expect(isCrowdedProposal(bytes({case: 'prepareProposal', value: {txs}}), 0)).toBe(false);
    expect(isCrowdedProposal(bytes({case: 'finalizeBlock', value: {txs}}), 0)).toBe(false);
    expect(isCrowdedProposal(bytes({case: 'flush', value: {}}), 0)).toBe(false);
    expect(isCrowdedProposal(new Uint8Array(), 0)).toBe(false);
  });

  it('throws on what is no protobuf', () => {
    expect(() => isCrowdedProposal(Uint8Array.of(0x8a, 0x01, 0x05, 0x0a), 9)).toThrow();
    expect(() => isCrowdedProposal(Uint8Array.of(0x8a, 0x01, 0x7f), 9)).toThrow();
  });
});
