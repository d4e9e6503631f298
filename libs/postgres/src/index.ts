export {databaseConnection} from './database-connection.js';
export type {DatabaseSettings} from './database-connection.js';
export {migrateDatabase} from './migrate-database.js';
export {readDatabaseSettings} from './read-database-settings.js';
export {MigrationError, pendingMigrations, runMigrations} from './run-migrations.js';
export {toDatabaseError} from './to-database-error.js';
