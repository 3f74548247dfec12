/// An element of an XML text: its local name, attributes by local name, text and children.
struct XMLNode: Sendable {
    var name: String
    var attributes: [(name: String, value: String)] = []
    var text = ""
    var children: [XMLNode] = []

    subscript(name: String) -> XMLNode? { children.first { $0.name == name } }

    func all(_ name: String) -> [XMLNode] { children.filter { $0.name == name } }

    /// The text without the blanks around it.
    var value: String { text.trimmingBlanks() }

    func attribute(_ name: String) -> String? { attributes.first { $0.name == name }?.value }

    var isNil: Bool { attribute("nil") == "true" || attribute("nil") == "1" }

    /// The local part of `xsi:type`.
    var typeName: String? { attribute("type").map { String($0.split(separator: ":").last ?? "") } }
}

/// Why a text is not XML.
struct XMLFault: Error {
    var message: String
}

/// Reads XML without declarations of types or entities; namespaces are dropped from the names.
struct XMLReader {
    private let bytes: [UInt8]
    private var position = 0
    private var depth = 0

    static func read(_ bytes: [UInt8]) throws(XMLFault) -> XMLNode {
        var reader = XMLReader(bytes: bytes)
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { reader.position = 3 }
        try reader.skipMisc()
        let root = try reader.element()
        try reader.skipMisc()
        guard reader.position == bytes.count else { throw reader.fault("content is not allowed in trailing section") }
        return root
    }

    // MARK: - Implementation

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private func fault(_ what: String) -> XMLFault { XMLFault(message: "\(what) at byte \(position)") }

    private func starts(with text: String) -> Bool { bytes[position...].starts(with: text.utf8) }

    private mutating func skip(past text: String) throws(XMLFault) {
        let end = Array(text.utf8)
        while position + end.count <= bytes.count {
            if bytes[position..<position + end.count].elementsEqual(end) {
                position += end.count
                return
            }
            position += 1
        }
        throw fault("unexpected end of the document, expected \(text)")
    }

    private mutating func skipBlanks() {
        while position < bytes.count, bytes[position] <= 0x20 { position += 1 }
    }

    private mutating func skipMisc() throws(XMLFault) {
        while true {
            skipBlanks()
            if starts(with: "<?") {
                try skip(past: "?>")
            } else if starts(with: "<!--") {
                try skip(past: "-->")
            } else if starts(with: "<!DOCTYPE") {
                throw fault("DOCTYPE is not allowed")
            } else {
                return
            }
        }
    }

    private mutating func name() throws(XMLFault) -> String {
        let start = position
        while position < bytes.count, case let byte = bytes[position], byte > 0x20, !"=/><\"'".utf8.contains(byte) {
            position += 1
        }
        guard position > start else { throw fault("expected a name") }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private func local(_ name: String) -> String {
        name.split(separator: ":").last.map(String.init) ?? name
    }

    private mutating func element() throws(XMLFault) -> XMLNode {
        guard position < bytes.count, bytes[position] == UInt8(ascii: "<") else {
            throw fault("content is not allowed in prolog")
        }
        depth += 1
        defer { depth -= 1 }
        guard depth < 100 else { throw fault("elements are nested too deeply") }
        position += 1
        let qualified = try name()
        var node = XMLNode(name: local(qualified))
        while true {
            skipBlanks()
            if starts(with: "/>") {
                position += 2
                return node
            }
            if starts(with: ">") {
                position += 1
                break
            }
            let attribute = try name()
            skipBlanks()
            guard starts(with: "=") else { throw fault("expected =") }
            position += 1
            skipBlanks()
            guard position < bytes.count, case let quote = bytes[position], quote == 0x22 || quote == 0x27 else {
                throw fault("expected a quote")
            }
            position += 1
            let start = position
            while position < bytes.count, bytes[position] != quote { position += 1 }
            guard position < bytes.count else { throw fault("unexpected end in an attribute") }
            node.attributes.append((local(attribute), try unescaped(bytes[start..<position])))
            position += 1
        }
        try content(of: &node, named: qualified)
        return node
    }

    private mutating func content(of node: inout XMLNode, named qualified: String) throws(XMLFault) {
        while true {
            let start = position
            while position < bytes.count, bytes[position] != UInt8(ascii: "<") { position += 1 }
            guard position < bytes.count else { throw fault("unexpected end of the document inside \(qualified)") }
            if position > start { node.text += try unescaped(bytes[start..<position]) }
            if starts(with: "</") {
                position += 2
                guard try name() == qualified else { throw fault("the end tag does not match \(qualified)") }
                skipBlanks()
                guard starts(with: ">") else { throw fault("expected >") }
                position += 1
                return
            }
            if starts(with: "<!--") {
                try skip(past: "-->")
            } else if starts(with: "<![CDATA[") {
                position += 9
                let from = position
                try skip(past: "]]>")
                node.text += String(decoding: bytes[from..<position - 3], as: UTF8.self)
            } else if starts(with: "<?") {
                try skip(past: "?>")
            } else {
                node.children.append(try element())
            }
        }
    }

    private func unescaped(_ slice: ArraySlice<UInt8>) throws(XMLFault) -> String {
        let text = String(decoding: slice, as: UTF8.self)
        guard text.utf8.contains(UInt8(ascii: "&")) else { return text }
        // Scalars, not characters: a mark that combines may stand right behind a semicolon.
        var out = String.UnicodeScalarView()
        var rest = text.unicodeScalars[...]
        while let mark = rest.firstIndex(of: "&") {
            out += rest[..<mark]
            guard let end = rest[mark...].firstIndex(of: ";") else { throw fault("an entity without end") }
            let entity = String(rest[rest.index(after: mark)..<end])
            switch entity {
            case "amp": out.append("&")
            case "lt": out.append("<")
            case "gt": out.append(">")
            case "quot": out.append("\"")
            case "apos": out.append("'")
            default:
                let code =
                    entity.hasPrefix("#x")
                    ? UInt32(entity.dropFirst(2), radix: 16) : entity.hasPrefix("#") ? UInt32(entity.dropFirst()) : nil
                guard let scalar = code.flatMap(Unicode.Scalar.init) else { throw fault("an unknown entity \(entity)") }
                out.append(scalar)
            }
            rest = rest[rest.index(after: end)...]
        }
        return String(out + rest)
    }
}
