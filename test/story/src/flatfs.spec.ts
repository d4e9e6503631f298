import {flatfsFile} from './flatfs.js';

describe('where kubo keeps a block', () => {
  // The empty block's key is in go-ds-flatfs' and kubo's own documentation:
  // CIQOHMGEIKMPYHAUTL57JSEZN64SIJ5OIHSGJG4TJSSJLGI3PBJLQVI.
  it('is known for the empty block', () => {
    expect(flatfsFile('/repo', 'bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku')).toBe(
      '/repo/blocks/QV/CIQOHMGEIKMPYHAUTL57JSEZN64SIJ5OIHSGJG4TJSSJLGI3PBJLQVI.data',
    );
  });
});
