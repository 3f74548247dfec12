/// An element of an answer in XML, without its namespaces: Salesforce's local names are unambiguous.
struct XMLElement: Sendable, Equatable {
    var name: String
    var text = ""
    /// `xsi:nil`.
    var isNil = false
    /// `xsi:type`, without its prefix.
    var type: String?
    var children: [XMLElement] = []

    /// The first child of this name.
    subscript(name: String) -> XMLElement? { children.first { $0.name == name } }

    /// The text of the first child of this name; nil if there is none, or it is nil.
    func text(of name: String) -> String? {
        guard let child = self[name], !child.isNil else { return nil }
        return child.text
    }

    func int(of name: String) -> Int? { text(of: name).flatMap { Int($0) } }

    func all(_ name: String) -> [XMLElement] { children.filter { $0.name == name } }

    /// Reads a document; nil if it is none.
    static func parsed(_ bytes: [UInt8]) -> XMLElement? {
        bytes.withUnsafeBufferPointer { buffer in
            var reader = XMLReader(bytes: buffer)
            return reader.document()
        }
    }
}
