import {openToOthers} from './open-to-others.js';

describe('openToOthers', () => {
  const [self, root] = [1001, 0];
  it.each<[string, number, number, boolean]>([
    ['our own file', 0o100_600, self, false],
    ['our own file that the group may read', 0o100_640, self, true],
    ['a Secret as Kubernetes shows it', 0o100_440, root, false],
    ['a Secret that everybody may read', 0o100_444, root, true],
    ['a file of somebody else that the group may write', 0o100_660, root, true],
  ])('%s', (_what, mode, uid, open) => {
    expect(openToOthers({mode, uid}, self)).toBe(open);
  });
});
