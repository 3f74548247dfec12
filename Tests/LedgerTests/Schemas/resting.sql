-- What the version `resting` added, and a row that was refused five times.
ALTER TABLE undelivered ADD COLUMN mark INTEGER;
INSERT INTO grdb_migrations VALUES ('resting');
INSERT INTO outcomes (number, run, sync, operation, first_row, row_count, accepted, recorded) VALUES
    (4, 'r1', 'contacts', 'upsert', 0, 0, x'', 1800000000000003);
INSERT INTO undelivered (outcome, run, sync, key, state, code, record, mark) VALUES
    (4, 'r1', 'contacts', x'000000000000000000000000000000c3', 'rejected', 'STRING_TOO_LONG',
    '{"sync": "contacts", "key": "C-3", "operation": "upsert", "state": "rejected", "code": "STRING_TOO_LONG", "message": "Title", "fields": ["Title"], "values": {}, "isRetryable": false}', 5);
