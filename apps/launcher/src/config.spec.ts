import {ipfsVolumeBytes, requireKnownVariables} from './config.js';

describe("the launcher's variables", () => {
  it('are known, all of them', () => {
    const env = {PATH: '/bin', VITALVAULT_CACHE: '/c', VITALVAULT_STARTED: '1'};
    expect(() => requireKnownVariables(env)).not.toThrow();
    expect(() => requireKnownVariables({...env, VITALVAULT_CACH: '/c'})).toThrow('VITALVAULT_CACH: no such setting');
  });
});

describe('VITALVAULT_IPFS_VOLUME_BYTES', () => {
  it('is a number of bytes, or left out', () => {
    expect(ipfsVolumeBytes('4286000')).toBe(4_286_000);
    expect(ipfsVolumeBytes(undefined)).toBeUndefined();
  });

  it.each(['', '0', '-1', '1e9', '1.5', '20Gi', ' 5', '٣', 'NaN', '9007199254740993'])('refuses %j', (text) => {
    expect(() => ipfsVolumeBytes(text)).toThrow('write a number of bytes');
  });
});
