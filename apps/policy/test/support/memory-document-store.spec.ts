import {documentStoreContract} from '../contracts/document-store.contract.js';
import {MemoryDocumentStore} from './memory-document-store.js';

documentStoreContract('memory', () => {
  const documents = new MemoryDocumentStore();
  return {documents, announced: () => Promise.resolve(documents.announcements.length)};
});
