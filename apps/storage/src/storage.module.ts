import {Module} from '@nestjs/common';
import type {DynamicModule, Type} from '@nestjs/common';
import type {Backlog} from '@vitalvault/kafka-bus';
import {KEY_RESOLVER, NONCE_MEMORY, ORGANISATION, openApiController} from '@vitalvault/http';
import {StorageController} from './api/grpc/storage.controller.js';
import {httpControllers, storageDocument} from './api/http/storage-document.js';
import {AcceptedRecordsController} from './api/kafka/accepted-records.controller.js';
import {AcceptRecords} from './application/accept-records.js';
import {ReleaseRecords} from './application/release-records.js';
import type {StorageParts} from './storage-parts.js';
import {BACKLOG, RECORD_STORE} from './storage.tokens.js';

/** The APIs over the parts that `storage-parts.ts` wires. */
@Module({})
export class StorageModule {
  static readonly controllers: readonly Type[] = [
    ...httpControllers,
    openApiController(storageDocument),
    StorageController,
    AcceptedRecordsController,
  ];

  static with(given: {parts: StorageParts; organisation: string; backlog: () => Backlog}): DynamicModule {
    const {parts, organisation, backlog} = given;
    return {
      module: StorageModule,
      controllers: [...StorageModule.controllers],
      providers: [
        {provide: RECORD_STORE, useValue: parts.records},
        {provide: AcceptRecords, useValue: parts.accept},
        {provide: ReleaseRecords, useValue: parts.release},
        {provide: BACKLOG, useValue: backlog},
        {provide: KEY_RESOLVER, useValue: parts.readerKeys},
        {provide: NONCE_MEMORY, useValue: parts.nonces},
        {provide: ORGANISATION, useValue: organisation},
      ],
    };
  }
}
