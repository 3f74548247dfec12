import Definitions
import SyncModel
import Testing

@Suite struct `A default` {
    private static let written: [(FileKind, String, String)] = [
        (.settings, "sequenced.yaml", "description: x\n"),
        (.source, "sources/exports.yaml", "type: csv\nfolder: /srv/exports\n"),
        (
            .destination, "destinations/production.yaml",
            FolderBuilder().files["destinations/production.yaml"].map { $0 + "\n" } ?? ""
        ),
        (.sync, "syncs/accounts.yaml", FolderBuilder().files["syncs/accounts.yaml"].map { $0 + "\n" } ?? ""),
        (.sequence, "sequences/crm.yaml", "steps: [{ sync: accounts }]\n"),
        (.window, "quiet-windows/scoring.yaml", FolderBuilder().files["quiet-windows/scoring.yaml"] ?? ""),
    ]

    /// The keys of a file itself, and what the page of keys says is assumed.
    private static func defaults(of kind: FileKind) -> [(key: String, standard: String)] {
        keyReference(of: kind).split(separator: "\n").dropFirst(2).compactMap { line in
            let cells = line.replacing("\\|", with: "/").split(separator: " | ")
            guard cells.count == 4, cells[2].hasPrefix("`"), cells[2].hasSuffix("`") else { return nil }
            let key = cells[0].drop { !$0.isLetter }.prefix { $0 != "`" }
            return key.contains(".") ? nil : (String(key), String(cells[2].dropFirst().dropLast()))
        }
    }

    @Test(arguments: Self.written) func `written out changes nothing`(kind: FileKind, path: String, text: String) throws
    {
        let defaults = Self.defaults(of: kind)
        #expect(!defaults.isEmpty)
        let plain = try #require(FolderBuilder.read([path: text]).definitions)
        for (key, standard) in defaults {
            let reading = FolderBuilder.read([path: text + "\(key): \(standard)\n"])
            #expect(reading.faults.map(\.description) == [])
            var set = try #require(reading.definitions)
            // UTC is assumed with a notice, which a written UTC takes away: the model tells them apart.
            if kind == .settings { set.settings.timezone = nil }
            #expect(set == plain, "\(path): \(key): \(standard)")
        }
    }
}
