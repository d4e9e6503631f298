import {ipfsVolumeBytes} from './config.js';

describe('VITALVAULT_IPFS_VOLUME_BYTES', () => {
  it('is a number of bytes, or left out', () => {
    expect(ipfsVolumeBytes('4286000')).toBe(4_286_000);
    expect(ipfsVolumeBytes(undefined)).toBeUndefined();
  });

  it.each(['', '0', '-1', '1e9', '1.5', '20Gi', ' 5', '٣', 'NaN', '9007199254740993'])('refuses %j', (text) => {
    expect(() => ipfsVolumeBytes(text)).toThrow('write a number of bytes');
  });
});
