import {service} from '@vitalvault/http';
import {StorageGrpcController} from './api/grpc/storage-grpc.controller.js';
import {httpControllers, storageDocument} from './api/http/storage-document.js';
import {AcceptedRecordsController} from './api/kafka/accepted-records.controller.js';
import {compose} from './compose.js';
import {storageConfig} from './config.js';

/** Keeps ciphertexts, anchors them on the ledger and hands them out for permits. Its database must be migrated. */
export const storage = service({
  name: 'storage',
  config: storageConfig,
  document: storageDocument,
  controllers: [...httpControllers, StorageGrpcController, AcceptedRecordsController],
  compose,
});
