import Foundation
package import Testing

/// A folder (0700) of one test, with a short path: empty at first, removed afterwards.
package struct ScratchFolder: Sendable {
    package let path: String

    /// The path of a file in the folder, whether it is there or not.
    package func path(_ name: String) -> String { "\(path)/\(name)" }

    /// Writes the text as a file of the folder, and answers its path.
    @discardableResult
    package func write(_ name: String, _ text: String) throws -> String {
        try write(name, Array(text.utf8))
    }

    /// Writes the bytes as a file of the folder, and answers its path.
    ///
    /// Folders in `name` are made.
    @discardableResult
    package func write(_ name: String, _ bytes: [UInt8]) throws -> String {
        let file = URL(fileURLWithPath: path(name))
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: file)
        return path(name)
    }

    /// Adds the text to the end of a file of the folder.
    package func append(_ name: String, _ text: String) throws {
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path(name)))
        defer { file.closeFile() }
        try file.seekToEnd()
        try file.write(contentsOf: Data(text.utf8))
    }

    /// The text of a file of the folder.
    package func read(_ name: String) throws -> String {
        try String(contentsOfFile: path(name), encoding: .utf8)
    }

    /// The folder lent to the running test by the trait `.scratchFolder`.
    package static var current: ScratchFolder {
        get throws {
            try #require(lent, "the test or its suite has the trait .scratchFolder")
        }
    }

    // MARK: - Implementation

    @TaskLocal static var lent: ScratchFolder?

    /// In /tmp rather than in TMPDIR: a Unix socket's path has 107 bytes at most.
    init() throws {
        var template = Array("/tmp/seq-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw CocoaError(.fileWriteUnknown, userInfo: [NSLocalizedDescriptionKey: "cannot make a folder in /tmp"])
        }
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    func remove() {
        // A folder that is already gone is no failure of the test.
        try? FileManager.default.removeItem(atPath: path)
    }
}

/// Lends a scratch folder, and removes it afterwards, whether the body throws or not.
package func withScratchFolder<Result>(
    isolation: isolated (any Actor)? = #isolation,
    _ body: (ScratchFolder) async throws -> Result
) async throws -> Result {
    let folder = try ScratchFolder()
    defer { folder.remove() }
    return try await body(folder)
}

/// Lends a scratch folder to a body that does not wait.
package func withScratchFolder<Result>(_ body: (ScratchFolder) throws -> Result) throws -> Result {
    let folder = try ScratchFolder()
    defer { folder.remove() }
    return try body(folder)
}

/// Lends every test a scratch folder of its own, `ScratchFolder.current`: `@Suite(.scratchFolder)`.
package struct ScratchFolderTrait: TestTrait, SuiteTrait, TestScoping {
    package var isRecursive: Bool { true }

    package func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @Sendable () async throws -> Void
    ) async throws {
        guard testCase != nil else { return try await function() }
        try await withScratchFolder { folder in
            try await ScratchFolder.$lent.withValue(folder) { try await function() }
        }
    }
}

extension Trait where Self == ScratchFolderTrait {
    package static var scratchFolder: Self { Self() }
}
