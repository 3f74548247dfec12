// swift-tools-version: 6.2
// Measurements of the built programs as whole processes. Its own package, so that nobody who builds sequenced builds it.

import PackageDescription

let package = Package(
    name: "Benchmarks",
    targets: [
        /// Runs the programs on generated rows and reports time, CPU and memory of each process from the kernel's accounting.
        .executableTarget(name: "Bench", path: "Sources/Bench")
    ],
    swiftLanguageModes: [.v6]
)
