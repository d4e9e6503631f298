import {changedComet} from '@vitalvault/abci/testing';

/** What the changed CometBFT reads: how far its clock is ahead, as Go writes a duration (`1h`, `-1h`). */
export const CLOCK = 'DRILL_CLOCK';

/**
 * CometBFT whose clock can be another than the machine's: its one `Now()`, and the one place that asks Go's instead,
 * where a block from the future is refused.
 * @param into folder for its copy
 * @returns the program
 */
export function cometOfAnotherTime(into: string): Promise<string> {
  return changedComet(
    {
      'types/time/time.go': [
        {old: 'import (\n\t"sort"', new: 'import (\n\t"os"\n\t"sort"'},
        {old: 'return Canonical(time.Now())', new: 'return Canonical(time.Now().Add(ahead))'},
        {
          old: '// Now returns the current time',
          new: `var ahead, _ = time.ParseDuration(os.Getenv("${CLOCK}"))\n\n// Now returns the current time`,
        },
      ],
      'state/validation.go': [
        {
          old: '"github.com/cometbft/cometbft/types"\n)',
          new: '"github.com/cometbft/cometbft/types"\n\tcmttime "github.com/cometbft/cometbft/types/time"\n)',
        },
        {old: '!block.Time.Before(time.Now().Add(tol))', new: '!block.Time.Before(cmttime.Now().Add(tol))'},
        {old: 'block.Time, time.Now(), tol,', new: 'block.Time, cmttime.Now(), tol,'},
      ],
    },
    into,
  );
}
