import {describe, expect, it} from '@jest/globals';
import {shellBlocks} from './shell-blocks.js';

const TEXT = `# Title
\`\`\`sh
one
two
\`\`\`

## Part

<!-- not run: needs a registry -->
\`\`\`sh
# no heading
three
\`\`\`
<!-- run by make test -->
\`\`\`sh
five
\`\`\`
\`\`\`yaml
four: 4
\`\`\`
`;

describe('the commands of a document', () => {
  it('are its sh blocks, each with its heading, its line, what runs it and why it is left out', () => {
    expect(shellBlocks(TEXT)).toEqual([
      {heading: 'Title', line: 3, commands: 'one\ntwo'},
      {heading: 'Part', line: 11, commands: '# no heading\nthree', notRun: 'needs a registry'},
      {heading: 'Part', line: 16, commands: 'five', runBy: 'make test'},
    ]);
  });

  it('end where the fence does', () => {
    expect(() => shellBlocks('```sh\nrm -r x\n')).toThrow('line 1');
  });
});
