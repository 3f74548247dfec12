import Foundation
import Testing

/// What the fuzzer found worth keeping, read again; `docs/fuzzing.md` says how it came there.
@Suite(.serialized) struct `Kept inputs` {
    private static let corpus = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Corpus")

    @Test(arguments: Reader.all.map(\.name)) func `are read without a surprise`(name: String) async throws {
        let reader = try #require(Reader.all.first { $0.name == name })
        let folder = Self.corpus.appending(path: name)
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        #expect(!files.isEmpty, "no input is kept for \(name)")
        for file in files {
            let bytes = try [UInt8](Data(contentsOf: folder.appending(path: file)))
            await #expect(throws: Never.self, "\(name)/\(file)") { try await reader.read(bytes) }
        }
    }

    @Test func `belong to a reader each`() throws {
        let folders = try FileManager.default.contentsOfDirectory(atPath: Self.corpus.path)
        #expect(Set(folders) == Set(Reader.all.map(\.name)))
    }
}
