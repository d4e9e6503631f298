// What a process without NestJS takes to look at a service's database.
export type {DatabaseSettings} from './sql/database-connection.js';
export {readDatabaseSettings} from './sql/read-database-settings.js';
export {pendingMigrations} from './sql/run-migrations.js';
