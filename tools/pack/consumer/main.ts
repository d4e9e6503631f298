import {useAbci} from './use-abci.js';
import {useLightClient} from './use-light-client.js';
import {useProofs} from './use-proofs.js';
import {useSdk} from './use-sdk.js';

for (const sentence of [useProofs(), useLightClient(), await useAbci(), await useSdk()]) console.log(sentence);
