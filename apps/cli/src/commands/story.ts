import {resolve} from 'node:path';
import {Command, Option} from 'commander';
import {EXIT} from '../cli-error.js';
import {explainError} from '../explain-error.js';

export const storyCommand = new Command('story')
  .summary('play the story of a reading on a running system (`make demo`)')
  .description('Plays the story of a reading, from the wearable to the clinician, on a running system; every actor is a vv process of her own. Exit code 0 only if every sentence held.')
  .addOption(new Option('--data <dir>', 'data directory of the system').default('var'))
  .addHelpText('after', '\nExamples:\n  $ vv story\n  $ vv story --data /tmp/second')
  .action(async ({data}: {data: string}) => {
    // kafkajs sets timers to the past, and Node 24 says so each time.
    process.removeAllListeners('warning');
    try {
      // Loaded here, because it brings in clients of engines that no other command needs.
      const [{playStory}, {prepareStory}] = await Promise.all([import('../story/play-story.js'), import('../story/prepare-story.js')]);
      process.exitCode = await playStory(prepareStory(resolve(data))) ? EXIT.done : EXIT.refused;
    } catch (error) {
      const {message, remedy, exit} = explainError(error);
      process.stderr.write(`vv: ${message}\n    ${remedy}\n`);
      process.exitCode = exit;
    }
  });
