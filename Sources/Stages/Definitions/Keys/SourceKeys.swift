extension VariantTable {
    /// `sources/NAME.yaml`.
    static let source = VariantTable(
        noun: "a source",
        key: "type",
        variants: [
            Variant(value: "postgres", table: .postgres),
            Variant(value: "sqlite", table: .sqlite),
            Variant(value: "csv", table: .csv),
        ],
        later: ["odbc", "snowflake", "bigquery", "databricks", "sqlserver", "mssql"]
    )
}

extension KeyTable {
    /// The parameter words are libpq's (PostgreSQL documentation, "Parameter Key Words").
    static let postgres = KeyTable(
        noun: "a postgres source",
        keys: [
            description,
            Key("type", .choice(["postgres"]), required: true, "where models are read from"),
            Key("database", .textOrSecret, required: true, "name of the database"),
            Key("host", .textOrSecret, note: "the local socket", "host, or a folder that holds its socket"),
            Key("hostaddr", .textOrSecret, "numeric address, in place of looking the host up"),
            Key("port", .whole(1...65_535), note: "5432", "port"),
            Key("user", .textOrSecret, note: "the daemon's user", "database role"),
            Key("password", .secret, "its password"),
            Key("passfile", .path, "password file"),
            Key("require_auth", .textOrSecret, "ways of signing in that are accepted"),
            Key("channel_binding", .choice(["disable", "prefer", "require"]), "channel binding"),
            Key("connect_timeout", .whole(0...86_400), "seconds to wait for a connection"),
            Key("options", .textOrSecret, "options for the server"),
            Key("application_name", .textOrSecret, note: "sequenced", "name shown in pg_stat_activity"),
            Key("keepalives", .whole(0...1), "TCP keepalives"),
            Key("keepalives_idle", .whole(0...86_400), "seconds before the first"),
            Key("keepalives_interval", .whole(0...86_400), "seconds between them"),
            Key("keepalives_count", .whole(0...1_000), "how many may be lost"),
            Key("tcp_user_timeout", .whole(0...86_400_000), "milliseconds that sent data may stay unacknowledged"),
            Key("gssencmode", .choice(["disable", "prefer", "require"]), "GSS encryption"),
            Key(
                "sslmode",
                .choice(["disable", "allow", "prefer", "require", "verify-ca", "verify-full"]),
                note: "prefer",
                "how TLS is used and what is checked"
            ),
            Key("sslcompression", .whole(0...1), "TLS compression"),
            Key("sslcert", .path, "client certificate"),
            Key("sslkey", .path, "its key"),
            Key("sslpassword", .secret, "password of the key"),
            Key("sslrootcert", .textOrSecret, "file of trusted authorities, or `system`"),
            Key("sslcrl", .path, "revoked certificates"),
            Key("sslcrldir", .path, "folder of revoked certificates"),
            Key("sslsni", .whole(0...1), "whether the host's name is sent in the handshake"),
            Key("ssl_min_protocol_version", .choice(["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"]), "lowest TLS version"),
            Key(
                "ssl_max_protocol_version",
                .choice(["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"]),
                "highest TLS version"
            ),
            Key("requirepeer", .textOrSecret, "user that must own the socket's other end"),
            Key("krbsrvname", .textOrSecret, "Kerberos service name"),
            Key("gsslib", .textOrSecret, "GSS library"),
            Key("service", .textOrSecret, "entry of the connection service file"),
            Key(
                "target_session_attrs",
                .choice(["any", "read-write", "read-only", "primary", "standby", "prefer-standby"]),
                "which of several hosts will do"
            ),
            Key("load_balance_hosts", .choice(["disable", "random"]), "in which order several hosts are tried"),
        ],
        later: ["diff"],
        otherNames: ["dbname": "database", "username": "user", "db": "database", "hostname": "host"]
    )

    static let sqlite = KeyTable(
        noun: "a sqlite source",
        keys: [
            description,
            Key("type", .choice(["sqlite"]), required: true, "where models are read from"),
            Key("path", .path, required: true, "the database file"),
        ],
        later: ["diff"],
        otherNames: ["file": "path", "database": "path"]
    )

    static let csv = KeyTable(
        noun: "a csv source",
        keys: [
            description,
            Key("type", .choice(["csv"]), required: true, "where models are read from"),
            Key("folder", .path, required: true, "the folder that holds the files"),
            Key("delimiter", .character, standard: "\",\"", "what stands between two cells"),
        ],
        otherNames: ["path": "folder", "directory": "folder", "separator": "delimiter"]
    )
}
