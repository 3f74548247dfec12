-- What the version `durability` added: a row that was looked at anew, a job of three rows of which two went again, and a run
-- that took the daemon down twice.
ALTER TABLE outcomes ADD COLUMN retried INTEGER;
ALTER TABLE undelivered ADD COLUMN superseded INTEGER NOT NULL DEFAULT 0;
CREATE INDEX undelivered_by_outcome ON undelivered (outcome, number);

CREATE TABLE launches (
    run TEXT PRIMARY KEY,
    outcome INTEGER NOT NULL,
    crashes INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO grdb_migrations VALUES ('durability');
INSERT INTO outcomes (number, run, sync, operation, first_row, row_count, accepted, recorded) VALUES
    (2, 'r1', 'contacts', 'upsert', 0, 0, x'', 1800000000000001);
INSERT INTO undelivered (outcome, run, sync, key, state, code, record, superseded) VALUES
    (2, 'r1', 'contacts', x'0f0e0d0c0b0a09080706050403020100', 'unsent', 'UNPROCESSED',
    '{"sync": "contacts", "key": "C-2", "operation": "upsert", "state": "unsent", "code": "UNPROCESSED", "message": "later", "fields": [], "values": {}, "isRetryable": true}', 1);
INSERT INTO intents (number, run, sync, kind, detail, handle, stage, created, settled) VALUES
    (2, 'r1', 'contacts', 'bulk2-job', 'upsert 0 3 contacts-upsert-1.1', '750000000000002', 'working', 1800000000000001,
    1800000000000002);
INSERT INTO outcomes (number, run, sync, intent, operation, spool, first_row, row_count, accepted, job, recorded, retried) VALUES
    (3, 'r1', 'contacts', 2, 'upsert', 'contacts-upsert-1.1', 0, 3, x'01', '750000000000002', 1800000000000002, 2);
INSERT INTO launches VALUES ('r1', 3, 2);
