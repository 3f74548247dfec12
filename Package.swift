// swift-tools-version: 6.2
// The map of the house. One sentence and one line a room; docs/rooms.md says more, ArchitectureTests hold it to the arrows.

import PackageDescription

let package = Package(
    name: "sequenced",
    products: [
        .executable(name: "sequenced", targets: ["sequenced"]),
        .executable(name: "sequencectl", targets: ["sequencectl"]),
        .executable(name: "salesforce-emulator", targets: ["salesforce-emulator"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto.git", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
    ],
    targets: [
        // MARK: Model

        /// Civil time: instants, TZif zones, calendar events, spans, clock changes.
        .room("CivilTime", in: "Model"),
        /// XXH3 over bytes: the one place that says which hash, which width and which seed.
        .room("Fingerprinting", in: "Model", uses: ["CXXHash"]),
        /// The values handed from station to station.
        .room("SyncModel", in: "Model", uses: ["CivilTime", "Fingerprinting"]),

        // MARK: Stages

        /// Turns YAML into checked definitions, or faults with their places.
        .room("Definitions", in: "Stages", uses: ["SyncModel", "CivilTime", .yams]),
        /// Says when a sequence is next due, and what an overlap or a missed elapse means.
        .room("Scheduling", in: "Stages", uses: ["SyncModel", "CivilTime"]),
        /// Says whether a step may write now.
        .room("Gating", in: "Stages", uses: ["SyncModel", "CivilTime"]),
        /// Finds what was added, changed, removed or is owed.
        .room("Diffing", in: "Stages", uses: ["SyncModel", "Fingerprinting"]),
        /// Turns a change into Salesforce's form, or refuses it with the reason.
        .room("Shaping", in: "Stages", uses: ["SyncModel", "CivilTime", "Fingerprinting"]),
        /// Cuts payloads into batches and says what an answer means for each row.
        .room("Pushing", in: "Stages", uses: ["SyncModel", "Fingerprinting"]),

        // MARK: Edges

        /// The durable state, the one truth: runs, intents, outcomes, holds.
        .room("Ledger", in: "Edges", uses: ["SyncModel", "CivilTime", "Fingerprinting", .grdb]),
        /// What was delivered, as fingerprints: a projection of the ledger.
        .room("Snapshot", in: "Edges", uses: ["SyncModel", "Fingerprinting", "CHost"]),
        /// Rows on their way: partitions that were read, payloads that wait to be sent.
        .room("Spool", in: "Edges", uses: ["SyncModel", "Fingerprinting", "CHost", "CZlib"]),
        /// Rows out of PostgreSQL, as bytes.
        .room("Postgres", in: "Edges", uses: ["SyncModel", "CLibPQ"]),
        /// Rows out of SQLite, as bytes.
        .room("SQLiteSource", in: "Edges", uses: ["SyncModel", "CSQLite"]),
        /// Delimited text, read and written as bytes.
        .room("DelimitedText", in: "Edges", uses: ["SyncModel"]),
        /// Salesforce's APIs in Salesforce's words.
        .room(
            "Salesforce",
            in: "Edges",
            uses: [
                "CivilTime", "DelimitedText", "CZlib", .httpClient, .jwt, .nioCore, .nioFoundation, .nioHTTP1,
                .nioHTTPCompression, .nioPosix,
                .nioSSL,
            ]
        ),
        /// The host's service manager: notify, watchdog, fd store, journal, credentials.
        .room("Systemd", in: "Edges", uses: ["CSystemd", "CHost", .log]),
        /// The files of the configuration folder, as bytes.
        .room("ConfigurationFolder", in: "Edges"),
        /// Commands and addresses that are told what happened.
        .room("Hooks", in: "Edges", uses: [.httpClient, .nioCore, .nioHTTP1]),
        /// Counters and gauges, and their OpenMetrics text.
        .room("Metering", in: "Edges"),
        .library("CHost", in: "Edges/C"),
        .systemLibrary("CLibPQ", pkgConfig: "libpq", debian: "libpq-dev"),
        .systemLibrary("CSQLite", pkgConfig: "sqlite3", debian: "libsqlite3-dev"),
        .systemLibrary("CSystemd", pkgConfig: "libsystemd", debian: "libsystemd-dev"),
        .systemLibrary("CZlib", pkgConfig: "zlib", debian: "zlib1g-dev"),
        .systemLibrary("CXXHash", pkgConfig: "libxxhash", debian: "libxxhash-dev"),

        // MARK: Engine and control

        /// Conducts runs: adapters, supervisor, recovery.
        .room(
            "Sequencing",
            in: "Engine",
            uses: [
                "SyncModel", "CivilTime", "Fingerprinting", "Scheduling", "Gating", "Diffing", "Shaping", "Pushing",
                "Ledger",
                "Snapshot", "Spool", "Postgres", "SQLiteSource", "DelimitedText", "Salesforce", "Hooks", "Metering",
                .crypto, .log, .lifecycle,
            ]
        ),
        /// The control wire, once: paths, requests, answers, error codes.
        .room("ControlProtocol", in: "Control"),
        /// HTTP on the Unix socket, and who may do what.
        .room(
            "ControlServer",
            in: "Control",
            uses: [
                "ControlProtocol", "CHost", .hummingbird, .hummingbirdCore, .log, .lifecycle, .nioCore, .nioPosix,
                .nioHTTP1,
            ]
        ),
        /// Turns what the engine knows into the wire's answers.
        .room(
            "ControlAnswers",
            in: "Control",
            uses: [
                "ControlProtocol", "ControlServer", "Sequencing", "SyncModel", "CivilTime", "Definitions", "Scheduling",
                "Gating", "Ledger",
                "Salesforce", "Metering",
            ]
        ),
        /// The control wire from the other end.
        .room(
            "ControlClient",
            in: "Control",
            uses: ["ControlProtocol", .httpClient, .nioCore, .nioHTTP1, .nioFoundation]
        ),
        /// From a configuration folder to checked definitions, for daemon and command line alike.
        .room(
            "DefinitionLoading",
            in: "Control",
            uses: [
                "ControlProtocol", "ConfigurationFolder", "Definitions", "Scheduling", "Gating", "CivilTime",
                "SyncModel",
            ]
        ),
        /// Tables, progress, colour, width.
        .room("TerminalOutput", in: "Control", uses: ["CivilTime"]),

        // MARK: Testing

        /// A Salesforce that never imports the client.
        .room(
            "SalesforceEmulator",
            in: "Testing",
            uses: [
                .hummingbird, .hummingbirdCore, .httpTypes, .hummingbirdTLS, .cryptoExtras, .jwt, .lifecycle, .log,
                .nioCore, .nioPosix, .nioHTTP1, .nioSSL, .yams,
            ]
        ),
        /// Clocks, builders, scratch folders, traits that lend a server.
        .room("TestKit", in: "Testing", uses: ["SyncModel", "CivilTime", .subprocess, .system]),

        // MARK: Programs

        .program(
            "sequenced",
            uses: [
                "DefinitionLoading", "Definitions", "Sequencing", "ControlProtocol", "ControlServer",
                "ControlAnswers", "SyncModel", "CivilTime", "Ledger",
                "Systemd", "Metering", "CHost",
                .argumentParser, .lifecycle, .log, .unixSignals,
            ]
        ),
        .program(
            "sequencectl",
            uses: [
                "ControlProtocol", "ControlClient", "DefinitionLoading", "TerminalOutput",
                "Definitions", "CivilTime", "SyncModel",
                .argumentParser,
            ]
        ),
        .program(
            "salesforce-emulator",
            uses: ["SalesforceEmulator", "SyncModel", .argumentParser, .lifecycle, .log, .unixSignals]
        ),

        // MARK: Tests

        .tests(of: "CivilTime"),
        .tests(of: "Fingerprinting"),
        .tests(of: "SyncModel", uses: ["CivilTime"]),
        .tests(of: "Definitions", uses: ["SyncModel", "CivilTime", "TestKit"]),
        .tests(of: "Scheduling", uses: ["SyncModel", "CivilTime"]),
        .tests(of: "Gating", uses: ["SyncModel", "CivilTime"]),
        .tests(of: "Diffing", uses: ["SyncModel", "Fingerprinting"]),
        .tests(of: "Shaping", uses: ["SyncModel", "Fingerprinting", "CivilTime"]),
        .tests(of: "Pushing", uses: ["SyncModel", "Fingerprinting"]),
        .tests(of: "Ledger", uses: ["SyncModel", "CivilTime", "Fingerprinting", .grdb]),
        .tests(of: "Snapshot", uses: ["SyncModel", "Fingerprinting", "TestKit"]),
        .tests(of: "Spool", uses: ["SyncModel", "Fingerprinting", "TestKit"]),
        .tests(of: "Postgres", uses: ["SyncModel", "TestKit"]),
        .tests(of: "SQLiteSource", uses: ["SyncModel", "TestKit", "CSQLite"]),
        .tests(of: "DelimitedText", uses: ["SyncModel", "TestKit"]),
        .tests(of: "Salesforce", uses: ["CivilTime", "DelimitedText", "TestKit", .jwt]),
        .tests(of: "Systemd", uses: ["TestKit", "CHost", "SyncModel"]),
        .tests(of: "Metering"),
        .tests(
            of: "Sequencing",
            uses: [
                "SyncModel", "CivilTime", "Fingerprinting", "Ledger", "Snapshot", "Spool", "SalesforceEmulator",
                "Salesforce",
                "TestKit", .log,
            ]
        ),
        .tests(of: "ControlProtocol"),
        .tests(
            of: "ControlServer",
            uses: ["ControlProtocol", "ControlClient", "sequencectl", "TestKit", .lifecycle, .log, .subprocess]
        ),
        .tests(of: "ControlAnswers", uses: ["Sequencing", "SyncModel", "CivilTime", "Ledger"]),
        .tests(of: "TerminalOutput"),
        .tests(of: "SalesforceEmulator", uses: ["TestKit", .httpClient, .jwt, .lifecycle, .log, .nioCore, .nioHTTP1]),
        /// The client against the emulator, over real sockets.
        .tests(
            named: "ContractTests",
            uses: ["Salesforce", "SalesforceEmulator", "DelimitedText", "TestKit", .jwt, .log, .lifecycle]
        ),
        /// The built programs, run as a user runs them.
        .tests(named: "ProgramTests", uses: ["TestKit", "CSQLite", .subprocess]),
        /// Inputs that fuzzing left, read again; the package in Fuzzing makes more of them with the same readers.
        .tests(
            named: "FuzzingTests",
            uses: [
                "CivilTime", "Definitions", "DelimitedText", "Salesforce", "ControlProtocol", "ControlServer",
                "SalesforceEmulator", .nioHTTP1,
            ]
        ),
        /// The table of docs/rooms.md, enforced.
        .tests(named: "ArchitectureTests"),
    ],
    swiftLanguageModes: [.v6]
)

extension [SwiftSetting] {
    // A function of nothing, since the package above is made before any stored value below it would be.
    static var house: [SwiftSetting] {
        [
            .enableUpcomingFeature("ExistentialAny"),
            .enableUpcomingFeature("InternalImportsByDefault"),
            .enableUpcomingFeature("MemberImportVisibility"),
            .treatAllWarnings(as: .error),
            // Looked for in every debug build, which is what all tests run; in a release build it cost 3 % of a delivery.
            .unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release)),
        ]
    }
}

extension Target {
    static func room(_ name: String, in group: String, uses: [Dependency] = []) -> Target {
        .target(
            name: name,
            dependencies: uses,
            path: "Sources/\(group)/\(name)",
            exclude: ["README.md"],
            swiftSettings: .house
        )
    }

    static func library(_ name: String, in group: String) -> Target {
        .target(name: name, path: "Sources/\(group)/\(name)")
    }

    static func systemLibrary(_ name: String, pkgConfig: String, debian: String) -> Target {
        .systemLibrary(name: name, path: "Sources/Edges/C/\(name)", pkgConfig: pkgConfig, providers: [.apt([debian])])
    }

    static func program(_ name: String, uses: [Dependency]) -> Target {
        .executableTarget(name: name, dependencies: uses, path: "Sources/Programs/\(name)", swiftSettings: .house)
    }

    static func tests(of room: String, uses: [Dependency] = []) -> Target {
        .tests(named: "\(room)Tests", uses: [.byName(name: room)] + uses)
    }

    static func tests(named name: String, uses: [Dependency] = []) -> Target {
        .testTarget(
            name: name,
            dependencies: uses,
            path: "Tests/\(name)",
            exclude: [
                "CivilTimeTests": ["Recorded"], "FuzzingTests": ["Corpus"], "LedgerTests": ["Schemas"],
                "SalesforceEmulatorTests": ["Shapes"],
            ][name] ?? [],
            swiftSettings: .house
        )
    }
}

extension Target.Dependency {
    static let argumentParser = product(name: "ArgumentParser", package: "swift-argument-parser")
    static let grdb = product(name: "GRDB", package: "GRDB.swift")
    static let httpClient = product(name: "AsyncHTTPClient", package: "async-http-client")
    static let hummingbird = product(name: "Hummingbird", package: "hummingbird")
    static let hummingbirdCore = product(name: "HummingbirdCore", package: "hummingbird")
    static let httpTypes = product(name: "HTTPTypes", package: "swift-http-types")
    static let hummingbirdTLS = product(name: "HummingbirdTLS", package: "hummingbird")
    static let crypto = product(name: "Crypto", package: "swift-crypto")
    static let cryptoExtras = product(name: "CryptoExtras", package: "swift-crypto")
    static let jwt = product(name: "JWTKit", package: "jwt-kit")
    static let lifecycle = product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
    static let log = product(name: "Logging", package: "swift-log")
    static let nioCore = product(name: "NIOCore", package: "swift-nio")
    static let nioFoundation = product(name: "NIOFoundationCompat", package: "swift-nio")
    static let nioHTTP1 = product(name: "NIOHTTP1", package: "swift-nio")
    static let nioHTTPCompression = product(name: "NIOHTTPCompression", package: "swift-nio-extras")
    static let nioPosix = product(name: "NIOPosix", package: "swift-nio")
    static let nioSSL = product(name: "NIOSSL", package: "swift-nio-ssl")
    static let subprocess = product(name: "Subprocess", package: "swift-subprocess")
    static let system = product(name: "SystemPackage", package: "swift-system")
    static let unixSignals = product(name: "UnixSignals", package: "swift-service-lifecycle")
    static let yams = product(name: "Yams", package: "Yams")
}
