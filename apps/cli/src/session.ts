import {randomBytes} from 'node:crypto';
import {existsSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {ApiClient, VerifiedLedger} from '@vitalvault/sdk';
import {Home} from './actor/home.js';
import {readGenesis} from './actor/genesis-file.js';
import {passphraseFrom} from './actor/passphrase.js';
import {readEndpoints} from './actor/endpoints.js';
import type {Endpoints} from './actor/endpoints.js';
import {CliError} from './cli-error.js';
import type {Environment} from './config.js';

/** Options that every command has. */
export interface CommonOptions {
  home?: string;
  endpoints?: string;
  genesis?: string;
  passphraseFile?: string;
  takeOver?: boolean;
  json?: boolean;
}

/** One run of `vv`: whose home, which system, which ledger; each opened at first use. */
export class Session {
  /** Trace of what this run asks for now, hexadecimal. */
  traceId = randomBytes(16).toString('hex');
  private callerId = randomBytes(8).toString('hex');
  private calledOrganisation: string | undefined;
  private openedApi: ApiClient | undefined;
  private openedLedger: VerifiedLedger | undefined;
  private openedHome: Home | undefined;
  private openedEndpoints: Endpoints | undefined;

  constructor(
    readonly options: CommonOptions,
    readonly environment: Environment,
  ) {}

  get home(): Home {
    if (this.openedHome) return this.openedHome;
    const {home, passphraseFile, takeOver} = this.options;
    if (home === undefined) throw new CliError('home-missing', 'Whose files?', {remedy: 'Give --home DIR.'});
    const passphrase = passphraseFrom({file: passphraseFile, variable: this.environment.passphrase});
    this.openedHome = new Home(home, passphrase, takeOver);
    return this.openedHome;
  }

  get endpointsPath(): string {
    return this.options.endpoints ?? join(this.environment.dataDir, 'endpoints.json');
  }

  get endpoints(): Endpoints {
    this.openedEndpoints ??= readEndpoints(this.endpointsPath);
    return this.openedEndpoints;
  }

  /** Id of the organisation whose services are called: requests are signed for it alone. */
  get organisation(): string {
    const organisation = this.calledOrganisation ?? this.endpoints.organisation;
    if (organisation === '')
      throw new CliError('organisation-unknown', `${this.endpointsPath} does not say whose services these are.`, {
        remedy: 'Add "organisation", its hexadecimal id as `vv org info` shows it.',
      });
    return organisation;
  }

  /** Says whose services are called, where the endpoints do not. */
  calls(organisation: string): void {
    this.calledOrganisation = organisation;
  }

  get api(): ApiClient {
    const {services} = this.endpoints;
    this.openedApi ??= new ApiClient({
      endpoints: services,
      organisation: this.organisation,
      headers: () => ({traceparent: `00-${this.traceId}-${this.callerId}-01`}),
    });
    return this.openedApi;
  }

  /** A client whose requests belong to no trace of ours. */
  untracedApi(): ApiClient {
    return new ApiClient({endpoints: this.endpoints.services, organisation: this.organisation});
  }

  /** From now on requests belong to another trace. */
  newTrace(): string {
    this.traceId = randomBytes(16).toString('hex');
    this.callerId = randomBytes(8).toString('hex');
    return this.traceId;
  }

  get ledger(): VerifiedLedger {
    this.openedLedger ??= new VerifiedLedger({api: this.api, genesis: this.genesis()});
    return this.openedLedger;
  }

  /**
   * The genesis pinned in the home; without a home, --genesis or the one beside the endpoints.
   * @throws CliError `systems-mixed` when --genesis is another than the pinned one
   */
  genesis(): string {
    const {home, genesis} = this.options;
    const path = home === undefined ? undefined : join(home, 'genesis.json');
    if (path === undefined || !existsSync(path)) return this.genesisToPin();
    const pinned = readGenesis(path);
    const named = genesis === undefined ? pinned : readGenesis(genesis);
    if (named.text.trim() !== pinned.text.trim())
      throw new CliError(
        'systems-mixed',
        `${path} is of the ledger ${pinned.chainId}, ${genesis ?? ''} is another genesis, of ${named.chainId}.`,
        {
          remedy:
            'A home keeps the genesis that it was made with: leave out --genesis, or name the home of that ledger.',
        },
      );
    return pinned.text;
  }

  /** For `init`: the genesis file that a new home is to trust. @throws CliError `systems-mixed` */
  genesisToPin(): string {
    if (this.options.genesis !== undefined) return readGenesis(this.options.genesis).text;
    const path = this.genesisPath();
    const {text, chainId} = readGenesis(path);
    // Nobody named it, so it must be of the system whose endpoints lie beside it.
    if (existsSync(this.endpointsPath) && (this.endpoints.chainId ?? chainId) !== chainId)
      throw new CliError(
        'systems-mixed',
        `${path} is of the ledger ${chainId}, ${this.endpointsPath} of ${this.endpoints.chainId ?? ''}.`,
        {remedy: 'Files of two systems lie there: name the right genesis with --genesis FILE, or start afresh.'},
      );
    return text;
  }

  // Beside the endpoints wherever these were copied to; a pod has it in another volume.
  private genesisPath(): string {
    const beside = join(dirname(this.endpointsPath), 'genesis.json');
    return existsSync(beside) ? beside : (this.endpoints.genesis ?? beside);
  }
}
