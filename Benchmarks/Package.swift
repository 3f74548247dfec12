// swift-tools-version: 6.2
// Single stations of the belt as programs, so that a benchmark can put one beside its peer. A package of its own, so that
// nobody who builds sequenced builds it; `House` is a link to the sources, and only what the stations need is built.

import PackageDescription

let package = Package(
    name: "Benchmarks",
    targets: [
        .systemLibrary(name: "CXXHash", path: "House/Edges/C/CXXHash", pkgConfig: "libxxhash"),
        .systemLibrary(name: "CLibPQ", path: "House/Edges/C/CLibPQ", pkgConfig: "libpq"),
        .target(name: "CHost", path: "House/Edges/C/CHost"),
        .room("CivilTime", in: "Model"),
        .room("Fingerprinting", in: "Model", uses: ["CXXHash"]),
        .room("SyncModel", in: "Model", uses: ["CivilTime", "Fingerprinting"]),
        .room("Scheduling", in: "Stages", uses: ["SyncModel", "CivilTime"]),
        .room("Diffing", in: "Stages", uses: ["SyncModel", "Fingerprinting"]),
        .room("Shaping", in: "Stages", uses: ["SyncModel", "CivilTime", "Fingerprinting"]),
        .room("Snapshot", in: "Edges", uses: ["SyncModel", "Fingerprinting", "CHost"]),
        .room("Spool", in: "Edges", uses: ["SyncModel", "Fingerprinting", "CHost"]),
        .room("DelimitedText", in: "Edges", uses: ["SyncModel"]),
        .room("Postgres", in: "Edges", uses: ["SyncModel", "CLibPQ"]),
        /// The engine's way of reading and diffing, without the rest of it.
        .target(
            name: "Reading",
            dependencies: ["SyncModel", "Fingerprinting", "Diffing", "Shaping", "Snapshot", "Spool"],
            path: "House/Engine/Sequencing/Reading",
            swiftSettings: .house
        ),
        .executableTarget(
            name: "parts",
            dependencies: [
                "SyncModel", "Fingerprinting", "CivilTime", "Scheduling", "Diffing", "Snapshot", "Spool",
                "DelimitedText", "Postgres", "Reading",
            ],
            path: "Sources/Parts",
            swiftSettings: .house
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
        ]
    }
}

extension Target {
    static func room(_ name: String, in group: String, uses: [Dependency] = []) -> Target {
        .target(
            name: name,
            dependencies: uses,
            path: "House/\(group)/\(name)",
            exclude: ["README.md"],
            swiftSettings: .house
        )
    }
}
