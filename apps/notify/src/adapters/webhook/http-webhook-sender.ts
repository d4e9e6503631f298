import {createHmac} from 'node:crypto';
import type {LookupAddress, LookupAllOptions, LookupOptions} from 'node:dns';
import {request as httpRequest} from 'node:http';
import type {IncomingMessage} from 'node:http';
import {request as httpsRequest} from 'node:https';
import type {LookupFunction} from 'node:net';
import type {Webhook, WebhookSender} from '../../application/ports.js';
import type {QueuedAlert} from '../../domain/alert.js';
import {faultOfTarget, isForbidden} from './webhook-target.js';
import type {TargetPolicy} from './webhook-target.js';

export interface WebhookOptions extends TargetPolicy {
  /** For a whole delivery, name look-up to status line. */
  readonly timeoutMs: number;
  readonly render: (alert: QueuedAlert) => object;
  readonly resolve: ResolveName;
}

/** All addresses of a name. */
export type ResolveName = (
  hostname: string,
  options: LookupAllOptions,
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/**
 * Posts an alert as JSON with `VV-Signature: sha256=<HMAC of the body>`. Follows no redirect, reads no answer beyond
 * its status, and tells nothing of the trace: whoever the patient chose is told what she is, and no more.
 */
export class HttpWebhookSender implements WebhookSender {
  constructor(private readonly options: WebhookOptions) {}

  async send({url, secret}: Webhook, alert: QueuedAlert): Promise<string | undefined> {
    const fault = faultOfTarget(url, this.options);
    if (fault !== undefined) return 'refused-address';
    const body = Buffer.from(JSON.stringify(this.options.render(alert)));
    try {
      const status = await this.#post(new URL(url), body, {
        'content-type': 'application/json',
        'content-length': String(body.length),
        'user-agent': 'VitalVault/1',
        'vv-signature': signatureOf(secret, body),
      });
      return status >= 200 && status < 300 ? undefined : `status-${String(status)}`;
    } catch (error) {
      return outcomeOf(error);
    }
  }

  #post(url: URL, body: Buffer, headers: Record<string, string>): Promise<number> {
    return new Promise((done, fail) => {
      const request = (url.protocol === 'https:' ? httpsRequest : httpRequest)(
        url,
        {
          // An agent of its own: a kept connection would skip the look-up, and with it the guard.
          method: 'POST',
          headers,
          agent: false,
          lookup: guardedLookup(this.options, this.options.resolve),
          signal: AbortSignal.timeout(this.options.timeoutMs),
        },
        (response: IncomingMessage) => {
          response.destroy();
          done(response.statusCode ?? 0);
        },
      );
      request.on('error', fail);
      request.end(body);
    });
  }
}

export function signatureOf(secret: string, body: Uint8Array): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
}

class RefusedAddress extends Error {}

/** The guard is where the connection is made, so a name that answers differently the second time changes nothing. */
function guardedLookup(policy: TargetPolicy, resolve: ResolveName): LookupFunction {
  return (hostname, options: LookupOptions, callback) => {
    resolve(hostname, {...options, all: true}, (error, addresses) => {
      if (error !== null) {
        callback(error, []);
        return;
      }
      const [first] = addresses;
      if (first === undefined || addresses.some(({address}) => isForbidden(address, policy)))
        callback(new RefusedAddress(), []);
      else if (options.all === true) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
}

function outcomeOf(error: unknown): string {
  if (error instanceof RefusedAddress) return 'refused-address';
  const {name, code} = error as {name?: unknown; code?: unknown};
  if (name === 'TimeoutError' || name === 'AbortError') return 'timeout';
  return typeof code === 'string' ? code.toLowerCase() : 'failed';
}
