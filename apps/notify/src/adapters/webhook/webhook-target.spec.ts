import {isForbidden, faultOfTarget} from './webhook-target.js';

const outside = {allowLoopback: false};
const development = {allowLoopback: true};

describe('faultOfTarget', () => {
  it.each(['https://hooks.example.org/a?b=c', 'https://93.184.216.34/x', 'https://[2606:2800:220:1::1]:8443/'])(
    'allows %s',
    (url) => {
      expect(faultOfTarget(url, outside)).toBeUndefined();
    },
  );

  it.each([
    'http://hooks.example.org/',
    'ftp://hooks.example.org/',
    'file:///etc/passwd',
    'https://user:pw@hooks.example.org/',
    'https://hooks.example.org/#x',
    'nonsense',
    'https://127.0.0.1/',
    'https://2130706433/',
    'https://0x7f.1/',
    'https://0177.0.0.1/',
    'https://127.1/',
    'https://localhost/',
    'https://a.localhost/',
    'https://printer.local/',
    'https://metadata.google.internal/',
    'https://10.1.2.3/',
    'https://172.16.0.1/',
    'https://172.31.255.255/',
    'https://192.168.1.1/',
    'https://169.254.169.254/latest/',
    'https://100.64.0.1/',
    'https://0.0.0.0/',
    'https://224.0.0.1/',
    'https://255.255.255.255/',
    'https://[::1]/',
    'https://[::]/',
    'https://[::ffff:127.0.0.1]/',
    'https://[::ffff:8.8.8.8]/',
    'https://[fe80::1]/',
    'https://[fd00::1]/',
    'https://[ff02::1]/',
    'https://[64:ff9b::a00:1]/',
    'https://[2002:7f00:1::]/',
    'https://[2001:db8::1]/',
  ])('refuses %s', (url) => {
    expect(faultOfTarget(url, outside)).toBeDefined();
  });

  it('lets a development machine be told, and nothing else inside', () => {
    expect(
      ['http://127.0.0.1:9/', 'http://localhost:9/', 'http://[::1]:9/'].map((url) => faultOfTarget(url, development)),
    ).toEqual([undefined, undefined, undefined]);
    expect(
      ['http://hooks.example.org/', 'https://10.0.0.1/', 'https://169.254.169.254/'].map(
        (url) => faultOfTarget(url, development) === undefined,
      ),
    ).toEqual([false, false, false]);
  });

  it('judges the addresses that a name has', () => {
    expect([
      isForbidden('10.0.0.1', development),
      isForbidden('127.0.0.1', outside),
      isForbidden('::1', development),
      isForbidden('1.1.1.1', outside),
    ]).toEqual([true, true, false, false]);
  });
});
