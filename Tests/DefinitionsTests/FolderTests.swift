import Definitions
import SyncModel
import Testing

@Suite struct `A folder` {
    @Test func `that is sound gives definitions and no fault`() throws {
        let reading = FolderBuilder().read()
        #expect(reading.faults == [])
        #expect(reading.notices == [])
        let set = try #require(reading.definitions)
        #expect(set.models["accounts"]?.reading == .sql("SELECT * FROM accounts"))
        #expect(set.sources.keys.sorted() == ["exports", "local"])
    }

    @Test func `that is empty is sound`() {
        let reading = readDefinitions([])
        #expect(reading.definitions == DefinitionSet())
    }

    @Test func `tells of the faults of all its files at once, in their order`() {
        var folder = FolderBuilder()
        folder.files["sequenced.yaml"] = "timezon: UTC\nplan_age: soon\n"
        folder.files["sources/local.yaml"] = "type: sqlite\n"
        folder.files["syncs/accounts.yaml"] = "\tmodel: accounts\n"
        folder.files["sequences/crm.yaml"] = "steps:\n  - sync: nobody\n  - sync: contacts\n    attempts: 0\n"
        let places = folder.read().faults.map { "\($0.file):\($0.line):\($0.column) \($0.key ?? "-")" }
        #expect(
            places == [
                "sequenced.yaml:1:1 timezon", "sequenced.yaml:2:11 plan_age", "sequences/crm.yaml:2:11 steps.sync",
                "sequences/crm.yaml:4:15 steps.attempts", "sources/local.yaml:1:1 path", "syncs/accounts.yaml:1:1 -",
            ]
        )
    }

    @Test func `does not blame the users of a broken file`() {
        let reading = FolderBuilder.read(["models/accounts.yaml": "sorce: local\n"])
        #expect(Set(reading.faults.map(\.file)) == ["models/accounts.yaml"])
    }

    @Test func `refuses two files of one kind and name, not of two kinds`() {
        let reading = FolderBuilder.read([
            "syncs/accounts.yml": "", "sequences/accounts.yml": "steps: [{ sync: contacts }]",
        ])
        #expect(
            reading.faults.map(\.description) == [
                "syncs/accounts.yml:1:1: a sync `accounts` is in syncs/accounts.yaml too: remove one of the files"
            ]
        )
    }

    @Test(arguments: [
        ("sync/accounts.yaml", "sync/accounts.yaml:1:1: folder `sync` is not read, did you mean `syncs`?"),
        ("secrets/key.pem", "secrets/key.pem:1:1: folder `secrets` is not read"),
        (
            "syncs/emea/accounts.yaml",
            "syncs/emea/accounts.yaml:1:1: not read: definitions lie in `syncs` itself, not in folders under it"
        ),
        ("syncs/accounts.yaml~", "syncs/accounts.yaml~:1:1: not read: a definition's name ends in .yaml"),
        ("syncs/.accounts.yaml", "syncs/.accounts.yaml:1:1: not read: a definition's name ends in .yaml"),
        (
            "sequence.yaml",
            "sequence.yaml:1:1: not read: only sequenced.yaml lies in the folder itself, did you mean `sequenced.yaml`?"
        ),
        ("README.md", "README.md:1:1: not read: a definition's name ends in .yaml"),
        ("models/old.sql", "models/old.sql:1:1: no model reads this file"),
    ]) func `tells of files that it does not read`(path: String, notice: String) {
        let reading = FolderBuilder.read([path: "x"])
        #expect(reading.notices.map(\.description) == [notice])
        #expect(reading.definitions != nil)
    }

    @Test func `refuses names that no command line could say`() {
        let reading = FolderBuilder.read(["syncs/-x.yaml": "model: accounts\n", "syncs/a b.yaml": "model: accounts\n"])
        #expect(reading.faults.map(\.file) == ["syncs/-x.yaml", "syncs/a b.yaml"])
    }

    @Test func `tells where a file stops being UTF-8`() {
        let bytes = Array("type: sqlite\npath: /sr".utf8) + [0xC3, 0x28]
        let reading = readDefinitions([DefinitionFile(path: "sources/local.yaml", bytes: bytes)])
        #expect(
            reading.faults.map(\.description) == [
                "sources/local.yaml:2:10: not UTF-8 from here on: save the file as UTF-8"
            ]
        )
    }

    @Test func `tells of files that could not be read`() {
        let reading = readDefinitions([DefinitionFile(path: "syncs/a.yaml", unreadable: "Permission denied")])
        #expect(reading.faults.map(\.description) == ["syncs/a.yaml:1:1: cannot read the file: Permission denied"])
    }

    @Test func `takes a byte order mark and ends of lines from elsewhere`() {
        let files = FolderBuilder().files.map { path, text in
            DefinitionFile(
                path: path,
                text: "\u{FEFF}"
                    + text.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\r\n")
            )
        }
        #expect(readDefinitions(files).faults == [])
    }

    @Test(arguments: [
        String(repeating: "#", count: (1 << 20) + 1),
        String(repeating: "- ", count: 100_000),
        String(repeating: "[", count: 100_000),
        String(repeating: "[\"]\", ", count: 50_000),
        (0..<2_000).map { String(repeating: " ", count: $0) + "a:" }.joined(separator: "\n"),
        "a: &a [1]\nb: &b [" + String(repeating: "*a, ", count: 50) + "]\n? [" + String(repeating: "*b, ", count: 50)
            + "]\n: c\n",
        (0..<200).map { "k\($0 % 3): 1\n" }.joined(),
        "\u{0}", "\u{FEFF}\u{FEFF}", "%YAML 9.9\n---\na: b\n", "!!binary x", "!<tag:x> {}", "? ? ? a", "\"\\",
        "--- |\n x", "...",
    ]) func `survives hostile texts`(text: String) {
        let reading = FolderBuilder.read(["syncs/accounts.yaml": text])
        #expect(reading.faults.contains { $0.file == "syncs/accounts.yaml" && $0.line >= 1 && $0.column >= 1 })
    }
}
