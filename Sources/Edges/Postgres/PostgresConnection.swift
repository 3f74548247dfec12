internal import CLibPQ
internal import SyncModel

/// One libpq connection: made, asked, closed.
///
/// The only file that knows how libpq reports.
final class PostgresConnection {
    let pointer: OpaquePointer
    let cancellation: PostgresCancellation
    /// What must appear in no message.
    private let secrets: [String]
    private var wasConnected = false

    /// Connects with libpq's words.
    /// - Throws: `PostgresError`
    init(_ parameters: [String: String]) throws {
        secrets = ["password", "sslpassword"].compactMap { parameters[$0] }.filter { !$0.isEmpty }
        let words = Self.defaults.merging(parameters) { $1 }.merging(Self.fixed) { $1 }
        guard let opened = Self.connect(words) else {
            throw PostgresError(.unreachable, "there is no memory for a connection")
        }
        pointer = opened
        cancellation = PostgresCancellation(opened)
        guard PQstatus(opened) == CONNECTION_OK else { throw connectionFault() }
        wasConnected = true
        // A notice is nobody's to read here; by default libpq prints it.
        PQsetNoticeProcessor(opened, { _, _ in }, nil)
        for setting in Self.settings {
            _ = try run("SET \(setting)")
        }
    }

    deinit {
        cancellation.close()
        PQfinish(pointer)
    }

    /// What a person may say otherwise: how long to wait for the server, and how to notice that it is gone.
    private static let defaults = [
        "connect_timeout": "30", "fallback_application_name": "sequenced", "keepalives": "1", "keepalives_idle": "60",
        "keepalives_interval": "15", "keepalives_count": "4",
    ]

    private static let fixed = ["client_encoding": "UTF8"]

    /// The text of a value must not hang on who asks or on a server's taste.
    private static let settings = [
        "DateStyle = 'ISO, YMD'", "TimeZone = 'UTC'", "IntervalStyle = 'iso_8601'", "bytea_output = 'hex'",
        "extra_float_digits = 3", "lc_monetary = 'C'", "standard_conforming_strings = on",
    ]

    /// Runs one statement without parameters.
    /// - Throws: `PostgresError`
    func run(_ sql: String) throws -> PostgresResult {
        try checked(PostgresResult(PQexec(pointer, sql)))
    }

    /// Goes back, to a savepoint or altogether.
    ///
    /// A cancellation meant for the statement before may arrive only now.
    func rollBack(_ sql: String) throws {
        do {
            _ = try run(sql)
        } catch let error as PostgresError where error.sqlState == SQLState.queryCancelled || error.code == .cancelled {
            _ = try run(sql)
        }
    }

    /// Lets the server look at a query without running it, and describe its columns.
    /// - Throws: `PostgresError` with the place of the fault.
    func describe(_ sql: String) throws -> PostgresResult {
        let prepared = PostgresResult(PQprepare(pointer, "", sql, 0, nil))
        do {
            _ = try checked(prepared)
        } catch var error as PostgresError {
            error.place = prepared.position.map { TextPlace(scalarOffset: $0, in: sql) }
            throw error
        }
        return try checked(PostgresResult(PQdescribePrepared(pointer, "")))
    }

    /// The result, unless it is an error.
    func checked(_ result: PostgresResult) throws -> PostgresResult {
        switch result.status {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_COPY_OUT: return result
        default: throw fault(of: result)
        }
    }

    var isBad: Bool { PQstatus(pointer) != CONNECTION_OK }

    /// Whether a transaction is open, in whatever state.
    var isInTransaction: Bool {
        let status = PQtransactionStatus(pointer)
        return status == PQTRANS_INTRANS || status == PQTRANS_INERROR
    }

    /// What the server said, or libpq if the server did not.
    func fault(of result: PostgresResult) -> PostgresError {
        guard let state = result.field("C") else { return connectionFault() }
        if cancellation.isCancelled, state == SQLState.queryCancelled { return .cancelled }
        var detail = result.field("M") ?? "the server gave no reason"
        if let hint = result.field("H") { detail += "; \(hint)" }
        let code: PostgresError.Code =
            SQLState.endsConnection(state) || isBad
            ? .connectionLost : SQLState.isFaultOfSQL(state) ? .invalidSQL : .failed
        return PostgresError(code, veiled(detail), sqlState: state)
    }

    /// What libpq says when there is no connection, or no more.
    func connectionFault() -> PostgresError {
        let message = veiled(String(cString: PQerrorMessage(pointer)))
        let lines = message.split(separator: "\n").map {
            $0.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        }
        let detail = lines.joined(separator: "; ")
        if cancellation.isCancelled { return .cancelled }
        if wasConnected { return PostgresError(.connectionLost, detail.isEmpty ? "the connection was lost" : detail) }
        if PQconnectionNeedsPassword(pointer) != 0 {
            return PostgresError(
                .signInRefused,
                "the server wants a password; give the source one (`password: !credential NAME`)"
            )
        }
        // Before a connection stands, libpq has the server's words only, not its code.
        let isRefusal = Self.refusals.contains { detail.contains($0) }
        return PostgresError(isRefusal ? .signInRefused : .unreachable, detail)
    }

    // MARK: - Implementation

    private static let refusals = [
        "authentication failed", "no pg_hba.conf entry", "\" does not exist", "is not permitted to log in",
        "permission denied",
        "connection option", "invalid sslmode",
    ]

    private func veiled(_ text: String) -> String {
        secrets.reduce(text) { text, secret in
            text.split(separator: secret, omittingEmptySubsequences: false).joined(separator: "***")
        }
    }

    private static func connect(_ words: [String: String]) -> OpaquePointer? {
        let pairs = words.sorted { $0.key < $1.key }
        let opened = withCStrings(pairs.map(\.key)) { keys in
            withCStrings(pairs.map(\.value)) { values in
                // Not expanded: a database's name is a name, and no second way to say a password.
                PQconnectdbParams(keys, values, 0)
            }
        }
        return opened
    }

    /// Lends the texts as C strings, ended by nil.
    private static func withCStrings<Result>(
        _ texts: [String],
        _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> Result?
    ) -> Result? {
        let copies = texts.map { text in
            let bytes = text.utf8CString
            let copy = UnsafeMutableBufferPointer<CChar>.allocate(capacity: bytes.count)
            _ = copy.initialize(from: bytes)
            return copy
        }
        defer { for copy in copies { copy.deallocate() } }
        let pointers = copies.map { UnsafePointer($0.baseAddress) } + [nil]
        return pointers.withUnsafeBufferPointer { $0.baseAddress.flatMap(body) }
    }
}

/// One answer of the server.
final class PostgresResult {
    private let pointer: OpaquePointer?

    init(_ pointer: OpaquePointer?) {
        self.pointer = pointer
    }

    deinit {
        PQclear(pointer)
    }

    var status: ExecStatusType { PQresultStatus(pointer) }

    /// Columns: name and type's OID.
    var columns: [(name: String, type: UInt32)] {
        (0..<PQnfields(pointer)).map { index in
            (PQfname(pointer, index).map { String(cString: $0) } ?? "", PQftype(pointer, index))
        }
    }

    var parameterCount: Int { Int(PQnparams(pointer)) }

    /// A field of an error, by its letter in the protocol (C: SQLSTATE, M: message, H: hint, P: position).
    func field(_ letter: Unicode.Scalar) -> String? {
        PQresultErrorField(pointer, Int32(letter.value)).map { String(cString: $0) }
    }

    /// The error's place in the statement's text, in characters from 0.
    var position: Int? { field("P").flatMap { Int($0) }.map { $0 - 1 } }

    /// The texts of the first column.
    var firstColumn: [String] {
        guard PQnfields(pointer) > 0 else { return [] }
        return (0..<PQntuples(pointer)).map { PQgetvalue(pointer, $0, 0).map { String(cString: $0) } ?? "" }
    }
}
