import {addressKey} from '@vitalvault/http';
import type {Strangers} from '@vitalvault/http';
import type {FastifyRequest} from 'fastify';
import type {AskAsStranger} from '../../application/ports.js';

/** As who posts may have us work for nobody: by his address. */
export function askAs({ip}: Pick<FastifyRequest, 'ip'>, strangers: Strangers): AskAsStranger {
  const address = addressKey(ip);
  return {
    devices: (unknown) => strangers.ask(address, unknown),
    signature: (signer) => strangers.signature(address, signer),
    wrong: (signer) => {
      strangers.wrong(address, signer);
    },
  };
}
