internal import Yams

/// Where the keys of a folder's files stand, for those who find a fault after the files were read.
package struct DefinitionPlaces: Sendable {
    /// A place in a file, line and column counted from 1.
    package struct Spot: Sendable, Equatable {
        package var file: String
        package var line: Int
        package var column: Int
    }

    private let texts: [String: String]

    package init(_ files: [DefinitionFile]) {
        texts = Dictionary(
            files.compactMap { file in
                guard case .text(let text) = file.contents else { return nil }
                return (file.path, text)
            }
        ) { first, _ in first }
    }

    /// Finds a key, or the nearest one around it that is written.
    ///
    /// - Parameters:
    ///   - key: with the keys around it: `fields.Name`; nil: the file as a whole.
    ///   - file: relative to the folder; `accounts.yaml` stands for `accounts.yml`, too.
    ///   - isOfValue: what is said is said of the key's value.
    /// - Returns: nil for a file that is not there or can't be read.
    package func spot(of key: String?, in file: String, isOfValue: Bool = false) -> Spot? {
        let other = file.hasSuffix(".yaml") ? file.dropLast(5) + ".yml" : Substring(file)
        guard let path = [file, String(other)].first(where: { texts[$0] != nil }), let text = texts[path] else {
            return nil
        }
        let place = Self.place(of: key ?? "", in: text, isOfValue)
        return Spot(file: path, line: place.line, column: place.column)
    }

    // MARK: - Implementation

    private static func place(of key: String, in text: String, _ isOfValue: Bool) -> Place {
        var source = text
        if source.unicodeScalars.first == "\u{FEFF}" { source.unicodeScalars.removeFirst() }
        // A file that can't be taken apart has its own fault, which says where.
        guard !key.isEmpty, let parser = try? Parser(yaml: source, resolver: .basic, encoding: .utf8),
            let root = (try? parser.singleRoot()) ?? nil
        else { return .start }
        return withExtendedLifetime(parser) {
            var (node, rest, place) = (root, Substring(key), Place.start)
            while !rest.isEmpty, let (keyNode, value, left) = step(into: node, rest) {
                place = isOfValue && left.isEmpty && value.scalar?.string.isEmpty == false ? value.place : keyNode.place
                (node, rest) = (value, left)
            }
            return place
        }
    }

    /// The entry whose key begins the path, the longest first: a key may have dots of its own.
    private static func step(into node: Node, _ path: Substring) -> (key: Node, value: Node, rest: Substring)? {
        guard case .mapping(let mapping) = node else { return nil }
        var best: (key: Node, value: Node, rest: Substring, length: Int)?
        for (key, value) in mapping {
            guard let name = key.scalar?.string, name.count > best?.length ?? 0 else { continue }
            // API names are told apart by their letters, not by their case.
            let head = path.prefix(name.count)
            let rest = path.dropFirst(name.count)
            guard head.lowercased() == name.lowercased(), rest.isEmpty || rest.first == "." else { continue }
            best = (key, value, rest.dropFirst(), name.count)
        }
        return best.map { ($0.key, $0.value, $0.rest) }
    }
}
