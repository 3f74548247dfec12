import Definitions
import Testing

/// One file that makes a sound folder unsound, and what is to be said of it.
struct BrokenFile: Sendable, CustomTestStringConvertible {
    var path: String
    var text: String
    /// `line:column: message`, in order.
    var faults: [String]

    init(_ path: String, _ text: String, faults: [String]) {
        self.path = path
        self.text = text
        self.faults = faults
    }

    var testDescription: String { "\(path): \(faults.first ?? "")" }
}

@Suite struct `A broken file` {
    private func check(_ broken: BrokenFile) {
        let reading = FolderBuilder.read([broken.path: broken.text])
        #expect(reading.faults.map(\.description) == broken.faults.map { "\(broken.path):\($0)" })
        #expect(reading.definitions == nil)
    }

    @Test(arguments: BrokenFile.yamls) func `that is not YAML as we take it`(broken: BrokenFile) { check(broken) }

    @Test(arguments: BrokenFile.keys) func `has unknown or missing keys`(broken: BrokenFile) { check(broken) }

    @Test(arguments: BrokenFile.values) func `has values of the wrong kind`(broken: BrokenFile) { check(broken) }

    @Test(arguments: BrokenFile.references) func `names what is not there`(broken: BrokenFile) { check(broken) }

    @Test(arguments: BrokenFile.syncRules) func `breaks a rule of syncs`(broken: BrokenFile) { check(broken) }

    @Test(arguments: BrokenFile.sequenceRules) func `breaks the order of steps`(broken: BrokenFile) { check(broken) }

    @Test(arguments: BrokenFile.secrets) func `holds a secret, which no message repeats`(broken: BrokenFile) {
        check(broken)
        let reading = FolderBuilder.read([broken.path: broken.text])
        #expect(!reading.faults.contains { "\($0)".contains("hunter") })
    }
}
