internal import SyncModel

/// Types of PostgreSQL whose values look like nothing else, by their OIDs in `pg_type`.
enum PostgresColumnTypes {
    static let byOID: [UInt32: ColumnType] = [
        16: ColumnType("boolean", "t"),
        17: ColumnType("bytea", "\\x00ff"),
        20: ColumnType("bigint", "1", "20260301"),
        21: ColumnType("smallint", "1"),
        23: ColumnType("integer", "1", "20260301"),
        700: ColumnType("real", "1", "1.5"),
        701: ColumnType("double precision", "1", "1.5"),
        790: ColumnType("money", "$1.50"),
        1082: ColumnType("date", "2026-03-01"),
        1083: ColumnType("time without time zone", "10:15:30"),
        1114: ColumnType("timestamp without time zone", "2026-03-01 10:15:30"),
        1184: ColumnType("timestamp with time zone", "2026-03-01 10:15:30+00"),
        1186: ColumnType("interval", "1 day 02:03:04", "02:03:04"),
        1266: ColumnType("time with time zone", "10:15:30+00"),
        1700: ColumnType("numeric", "1", "1.5", "20260301"),
        2950: ColumnType("uuid", "0b5d5d3c-7f3f-4b43-8e0c-0d6f3a0a9b11"),
    ]
}
