-- What the version `merges` added, and a record that was merged away.
CREATE TABLE merged_rows (
    sync TEXT NOT NULL,
    key BLOB NOT NULL,
    parent_key TEXT NOT NULL,
    parent_id TEXT NOT NULL,
    victim_id TEXT NOT NULL,
    run TEXT NOT NULL,
    PRIMARY KEY (sync, key)
) STRICT, WITHOUT ROWID;
INSERT INTO grdb_migrations VALUES ('merges');
INSERT INTO merged_rows VALUES
    ('accounts', x'000102030405060708090a0b0c0d0e0f', 'A-7', '001000000000007', '001000000000001', 'r1');
