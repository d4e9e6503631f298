import {describe, expect, it} from '@jest/globals';
import {MemoryDocumentStore} from '../../test/support/memory-document-store.js';
import {GetProfile} from './get-profile.js';

const [member, other] = ['ab'.repeat(20), 'cd'.repeat(20)];

describe('GetProfile', () => {
  it("gives a member's own, and says when there is none", async () => {
    const documents = new MemoryDocumentStore();
    await documents.putProfile(member, Uint8Array.of(1));
    const get = new GetProfile({documents});
    expect(await get.execute(member)).toEqual(Uint8Array.of(1));
    await expect(get.execute(other)).rejects.toMatchObject({code: 'not-found'});
  });
});
