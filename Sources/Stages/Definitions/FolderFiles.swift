/// The files of a configuration folder, sorted by what they are.
struct FolderFiles {
    struct Definition {
        var kind: FileKind
        var name: String
        var file: DefinitionFile
    }

    private(set) var definitions: [Definition] = []
    /// Every name by kind; that of a broken file counts, or its users would be blamed.
    private(set) var names: [FileKind: Set<String>] = [:]
    /// The SQL files beside the models, by file name.
    private(set) var queries: [String: DefinitionFile.Contents] = [:]
    private(set) var faults: [DefinitionFault] = []
    private(set) var notices: [DefinitionNotice] = []

    init(_ files: [DefinitionFile]) {
        var taken: [String: String] = [:]
        for file in files.sorted(by: { $0.path < $1.path }) {
            let parts = file.path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
            guard let last = parts.last else { continue }
            let kind: FileKind?
            switch parts.count {
            case 1: kind = Self.stem(of: last) == FileKind.settings.rawValue ? .settings : nil
            case 2: kind = FileKind.allCases.first { $0.folder == parts[0] }
            default: kind = nil
            }
            if kind == .model, last.hasSuffix(".sql"), !last.hasPrefix(".") {
                queries[last] = file.contents
                continue
            }
            guard let kind, let name = Self.stem(of: last) else {
                note(file.path, parts)
                continue
            }
            guard Self.isName(name) else {
                fault(
                    file.path,
                    "the file's name is the object's name: letters, digits, `.`, `-` and `_`, and no `.` or `-` first"
                )
                continue
            }
            let place = "\(kind.rawValue)/\(name)"
            if let other = taken[place] {
                fault(file.path, "\(kind.noun) `\(name)` is in \(other) too: remove one of the files")
                continue
            }
            taken[place] = file.path
            names[kind, default: []].insert(name)
            definitions.append(Definition(kind: kind, name: name, file: file))
        }
    }

    /// SQL files that no model names are told of.
    mutating func noteQueries(besides used: Set<String>) {
        for file in queries.keys.sorted() where !used.contains(file) {
            notices.append(
                DefinitionNotice(
                    file: "models/\(file)",
                    line: 1,
                    column: 1,
                    key: nil,
                    message: "no model reads this file"
                )
            )
        }
    }

    // MARK: - Implementation

    private mutating func fault(_ path: String, _ message: String) {
        faults.append(DefinitionFault(file: path, line: 1, column: 1, key: nil, message: message))
    }

    private mutating func note(_ path: String, _ parts: [String]) {
        let folders = FileKind.allCases.compactMap(\.folder)
        var suggestion: String?
        let message: String
        if parts.count > 1, !folders.contains(parts[0]) {
            message = "folder `\(parts[0])` is not read"
            suggestion = nearestName(to: parts[0], among: folders)
        } else if parts.count > 2 {
            message = "not read: definitions lie in `\(parts[0])` itself, not in folders under it"
        } else if parts.count == 1, let stem = Self.stem(of: parts[0]) {
            message = "not read: only sequenced.yaml lies in the folder itself"
            suggestion = nearestName(to: stem, among: [FileKind.settings.rawValue]).map { "\($0).yaml" }
        } else {
            message = "not read: a definition's name ends in .yaml"
        }
        notices.append(
            DefinitionNotice(file: path, line: 1, column: 1, key: nil, message: message, suggestion: suggestion)
        )
    }

    /// The name without `.yaml` or `.yml`; nil: it ends otherwise, or begins with a dot as editors' leavings do.
    private static func stem(of name: String) -> String? {
        guard !name.hasPrefix(".") else { return nil }
        for end in [".yaml", ".yml"] where name.hasSuffix(end) { return String(name.dropLast(end.count)) }
        return nil
    }

    private static func isName(_ name: String) -> Bool {
        guard let first = name.utf8.first, first != UInt8(ascii: "-"), name.utf8.count <= 200 else { return false }
        return name.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                || "._-".utf8.contains(byte)
        }
    }
}
