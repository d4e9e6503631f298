import {describe, expect, it} from '@jest/globals';
import {debianSources} from './debian-sources.js';

describe('debianSources', () => {
  const targets = [
    'Packages http://mirror.example/debian/ bookworm Debian',
    'DEP-11 http://mirror.example/debian/ bookworm Debian',
    'Packages http://mirror.example/security/ bookworm-security Debian',
    'Packages http://other.example/ nodistro Somebody',
    'Packages http://third.example/ bookworm Somebody',
    '',
  ].join('\n');

  it("takes Debian's own packages of the suite, its updates and its security updates, and nobody else's", () => {
    expect(debianSources(targets, 'bookworm')).toEqual({
      mirror: ['http://mirror.example/debian/'],
      lines: [
        'deb http://mirror.example/debian/ bookworm main',
        'deb http://mirror.example/security/ bookworm-security main',
      ],
    });
  });
  it('leaves the choice to debootstrap on another release', () => {
    expect(debianSources(targets, 'trixie')).toEqual({mirror: [], lines: []});
  });
});
