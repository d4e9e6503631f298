import {startAbciServer} from '@vitalvault/abci';
import type {AbciApplication, AbciServer} from '@vitalvault/abci';
import {AbciConnection} from '@vitalvault/abci/testing';
import type {AbciRequest} from '@vitalvault/abci/testing';
import {LIMITS} from '@vitalvault/contracts';

const LOG = {info: () => undefined, warn: () => undefined, error: () => undefined};

/**
 * A validator's application that is the real ledger-abci, with some answers altered on the way: what a Byzantine
 * validator is. Serves CometBFT at `socketPath` and asks the honest program at `honestSocket`.
 */
export async function startAlteredApplication(
  {socketPath, honestSocket}: {socketPath: string; honestSocket: string},
  alter: (honest: AbciApplication) => Partial<AbciApplication>,
): Promise<AbciServer> {
  const [consensus, mempool] = await Promise.all([
    AbciConnection.open(honestSocket),
    AbciConnection.open(honestSocket),
  ]);
  const honest = forwarding(consensus, mempool);
  return startAbciServer({
    socketPath,
    application: {...honest, ...alter(honest)},
    log: LOG,
    maxMessageBytes: LIMITS.abciMessageBytes,
    onFatal: () => undefined,
  });
}

/** CheckTx goes a way of its own, as CometBFT's does: it must not wait behind a block. */
function forwarding(consensus: AbciConnection, mempool: AbciConnection): AbciApplication {
  const by =
    (connection: AbciConnection, method: NonNullable<AbciRequest['case']>) =>
    async (value: unknown): Promise<never> => {
      const asked = connection.ask({case: method, value} as AbciRequest);
      // Answers are held back until they fill a batch, or somebody asks for them.
      connection.ask({case: 'flush', value: {}}).catch(() => undefined);
      return (await asked).value as never;
    };
  return {
    info: by(consensus, 'info'),
    query: by(mempool, 'query'),
    checkTx: by(mempool, 'checkTx'),
    initChain: by(consensus, 'initChain'),
    prepareProposal: by(consensus, 'prepareProposal'),
    processProposal: by(consensus, 'processProposal'),
    finalizeBlock: by(consensus, 'finalizeBlock'),
    commit: by(consensus, 'commit'),
  };
}
