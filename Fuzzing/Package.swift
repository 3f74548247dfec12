// swift-tools-version: 6.2
// The readers of what others send, built for libFuzzer. Its own package, so that nobody who builds sequenced builds it.
// The rooms are the same files, by symbolic link, as few of them as the readers need; see docs/fuzzing.md.

import PackageDescription

let package = Package(
    name: "Fuzzing",
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        .systemLibrary(name: "CXXHash", path: "Sources/Rooms/Edges/C/CXXHash", pkgConfig: "libxxhash"),
        .target(name: "CHost", path: "Sources/Rooms/Edges/C/CHost"),
        .room("CivilTime", at: "Rooms/Model/CivilTime"),
        .room("Fingerprinting", at: "Rooms/Model/Fingerprinting", uses: ["CXXHash"]),
        .room("SyncModel", at: "Rooms/Model/SyncModel", uses: ["CivilTime", "Fingerprinting"]),
        .room("Definitions", at: "Rooms/Stages/Definitions", uses: ["SyncModel", "CivilTime", .yams]),
        .room("DelimitedText", at: "Rooms/Edges/DelimitedText", uses: ["SyncModel"]),
        /// Only what reads answers.
        .room(
            "Salesforce",
            at: "Rooms/Edges/Salesforce",
            uses: ["DelimitedText", .nioCore, .nioHTTP1],
            sources: [
                "Bulk/BatchRowResult.swift", "Bulk/BulkJob.swift", "Bulk/BulkXML.swift", "Bulk/RowFault.swift",
                "Calls/AnswerFault.swift", "Calls/CallerError.swift", "Calls/LimitInfo.swift",
                "Calls/SalesforceRequest.swift", "Catalogue",
                "Ingest/IngestJob.swift", "Ingest/IngestUpload.swift", "Ingest/ResultColumns.swift",
                "Ingest/ResultReader.swift", "Ingest/UploadPosition.swift", "JSON", "Rest/QueryPage.swift",
                "Rest/RecordOptions.swift", "Rest/SObjectDescribe.swift", "Rest/SObjectDescribe+JSON.swift",
                "Rest/SObjectRecord.swift", "Rest/SOQL.swift", "Rest/SaveResult.swift", "SalesforceError.swift",
                "Soap/MergeRequest.swift", "Soap/SoapEnvelope.swift", "ValueSets/ValueSet.swift", "XML",
            ]
        ),
        .room("ControlProtocol", at: "Rooms/Control/ControlProtocol"),
        /// Only the routes and what they take.
        .room(
            "ControlServer",
            at: "Rooms/Control/ControlServer",
            uses: ["ControlProtocol", "CHost", .nioCore],
            sources: [
                "ControlRequest.swift", "ControlServerError.swift", "DaemonOperations.swift", "Peer.swift",
                "Role.swift", "Route.swift", "Routes",
            ]
        ),
        /// The whole org, without the server around it.
        .room(
            "SalesforceEmulator",
            at: "SalesforceEmulator",
            uses: [.yams, .nioCore],
            exclude: [
                "Room/README.md", "Room/OAuth/IdentityKey.swift", "Room/OAuth/SignedAssertion.swift",
                "Room/Server/CallResponder.swift",
                "Room/Server/Emulator.swift", "Room/Server/FaultyWire.swift", "Room/Server/JobRunner.swift",
                "Room/Server/SelfSigned.swift",
            ]
        ),
        .room(
            "Readers",
            at: "Readers",
            uses: [
                "CivilTime", "Definitions", "DelimitedText", "Salesforce", "ControlProtocol", "ControlServer",
                "SalesforceEmulator", .nioHTTP1,
            ],
            exclude: []
        ),
        .executableTarget(
            name: "Fuzz",
            dependencies: ["Readers"],
            path: "Sources/Fuzz",
            swiftSettings: .house + [.unsafeFlags(["-parse-as-library"])],
            linkerSettings: [.unsafeFlags(["-sanitize=fuzzer,address", "-use-ld=lld"])]
        ),
    ],
    swiftLanguageModes: [.v6]
)

extension [SwiftSetting] {
    static var house: [SwiftSetting] {
        [
            .enableUpcomingFeature("ExistentialAny"),
            .enableUpcomingFeature("InternalImportsByDefault"),
            .enableUpcomingFeature("MemberImportVisibility"),
            .unsafeFlags(["-sanitize=fuzzer,address", "-enable-testing"]),
        ]
    }
}

extension Target {
    static func room(
        _ name: String,
        at path: String,
        uses: [Dependency] = [],
        exclude: [String] = ["README.md"],
        sources: [String]? = nil
    ) -> Target {
        .target(
            name: name,
            dependencies: uses,
            path: "Sources/\(path)",
            exclude: exclude,
            sources: sources,
            swiftSettings: .house
        )
    }
}

extension Target.Dependency {
    static let nioCore = product(name: "NIOCore", package: "swift-nio")
    static let nioHTTP1 = product(name: "NIOHTTP1", package: "swift-nio")
    static let yams = product(name: "Yams", package: "Yams")
}
