internal import GRDB

/// The tables, version by version; a migration is never edited once it was released.
enum LedgerSchema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { database in
            try database.execute(sql: version1)
        }
        migrator.registerMigration(StartKeyMigration.name, migrate: StartKeyMigration.migrate)
        migrator.registerMigration(MergeMigration.name, migrate: MergeMigration.migrate)
        registerDurability(&migrator)
        migrator.registerMigration(RestingMigration.name, migrate: RestingMigration.migrate)
        migrator.registerMigration(ElsewhereMigration.name, migrate: ElsewhereMigration.migrate)
        return migrator
    }

    private static let version1 = """
        CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

        CREATE TABLE runs (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            id TEXT NOT NULL UNIQUE,
            sequence TEXT NOT NULL,
            state TEXT NOT NULL,
            trigger TEXT NOT NULL,
            occurrence TEXT,
            idempotency_key TEXT UNIQUE,
            created INTEGER NOT NULL,
            ended INTEGER,
            -- the whole record as JSON; the columns beside it are what is asked for
            record TEXT NOT NULL
        ) STRICT;
        CREATE INDEX runs_by_sequence ON runs (sequence, number);
        CREATE UNIQUE INDEX runs_by_occurrence ON runs (sequence, occurrence) WHERE occurrence IS NOT NULL;
        CREATE INDEX runs_not_ended ON runs (number) WHERE ended IS NULL;

        CREATE TABLE intents (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            run TEXT NOT NULL,
            sync TEXT NOT NULL,
            kind TEXT NOT NULL,
            detail TEXT NOT NULL,
            -- what Salesforce called it: a job id, a batch id
            handle TEXT,
            stage TEXT NOT NULL,
            created INTEGER NOT NULL,
            settled INTEGER
        ) STRICT;
        CREATE INDEX intents_open ON intents (sync) WHERE settled IS NULL;
        CREATE INDEX intents_by_run ON intents (run, number);

        CREATE TABLE outcomes (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            run TEXT NOT NULL,
            sync TEXT NOT NULL,
            intent INTEGER,
            operation TEXT NOT NULL,
            spool TEXT,
            first_row INTEGER NOT NULL,
            row_count INTEGER NOT NULL,
            accepted BLOB NOT NULL,
            job TEXT,
            batch TEXT,
            recorded INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX outcomes_by_sync ON outcomes (sync, number);
        CREATE INDEX outcomes_by_run ON outcomes (run, number);

        CREATE TABLE undelivered (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            outcome INTEGER NOT NULL,
            run TEXT NOT NULL,
            sync TEXT NOT NULL,
            -- the 128-bit key hash
            key BLOB NOT NULL,
            state TEXT NOT NULL,
            code TEXT NOT NULL,
            record TEXT NOT NULL
        ) STRICT;
        CREATE INDEX undelivered_by_run ON undelivered (run, sync, number);
        CREATE INDEX undelivered_by_key ON undelivered (sync, key);

        -- values that a child's lookup may name and whose row was never delivered
        CREATE TABLE owed_parents (
            destination TEXT NOT NULL,
            object TEXT NOT NULL,
            field TEXT NOT NULL,
            value TEXT NOT NULL,
            sync TEXT NOT NULL,
            key BLOB NOT NULL,
            key_text TEXT NOT NULL,
            state TEXT NOT NULL,
            PRIMARY KEY (destination, object, field, value, sync)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX owed_parents_by_key ON owed_parents (sync, key);

        CREATE TABLE timetable (
            sequence TEXT PRIMARY KEY,
            -- what the scheduler must not forget, in its own form
            memory TEXT NOT NULL,
            failures INTEGER NOT NULL DEFAULT 0
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE holds (
            id TEXT PRIMARY KEY,
            record TEXT NOT NULL,
            until INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE events (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            time INTEGER NOT NULL,
            kind TEXT NOT NULL,
            run TEXT,
            record TEXT NOT NULL
        ) STRICT;
        CREATE INDEX events_by_run ON events (run, number);

        CREATE TABLE calls (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            run TEXT,
            sync TEXT,
            started INTEGER NOT NULL,
            method TEXT NOT NULL,
            path TEXT NOT NULL,
            status INTEGER,
            milliseconds INTEGER NOT NULL,
            bytes_sent INTEGER NOT NULL,
            bytes_received INTEGER NOT NULL,
            limits TEXT,
            error TEXT,
            request_body TEXT,
            response_body TEXT
        ) STRICT;
        CREATE INDEX calls_by_run ON calls (run, number);
        """
}
