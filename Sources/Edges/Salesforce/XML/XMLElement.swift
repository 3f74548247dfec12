import Foundation
import FoundationXML

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
}

extension XMLElement {
    /// Reads a document; nil if it is none.
    ///
    /// External entities are not read; depth and number of elements are bounded.
    static func parsed(_ bytes: [UInt8]) -> XMLElement? {
        let parser = XMLParser(data: Data(bytes))
        parser.shouldProcessNamespaces = true
        parser.shouldResolveExternalEntities = false
        let reader = XMLTreeReader()
        parser.delegate = reader
        guard parser.parse(), !reader.isBeyondBounds else { return nil }
        return reader.root
    }
}

private final class XMLTreeReader: NSObject, XMLParserDelegate {
    static let deepest = 64
    static let mostElements = 2_000_000

    private(set) var root: XMLElement?
    private(set) var isBeyondBounds = false
    private var open: [XMLElement] = []
    private var count = 0

    func parser(
        _ parser: XMLParser,
        didStartElement elementName: String,
        namespaceURI: String?,
        qualifiedName qName: String?,
        attributes attributeDict: [String: String]
    ) {
        count += 1
        guard open.count < Self.deepest, count <= Self.mostElements else {
            isBeyondBounds = true
            parser.abortParsing()
            return
        }
        var element = XMLElement(name: Self.local(elementName))
        for (name, value) in attributeDict {
            switch Self.local(name) {
            case "nil": element.isNil = value == "true" || value == "1"
            case "type": element.type = Self.local(value)
            default: break
            }
        }
        open.append(element)
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) {
        guard !open.isEmpty else { return }
        open[open.count - 1].text += string
    }

    func parser(_ parser: XMLParser, foundCDATA block: Data) {
        guard !open.isEmpty else { return }
        open[open.count - 1].text += String(decoding: block, as: UTF8.self)
    }

    func parser(
        _ parser: XMLParser,
        didEndElement elementName: String,
        namespaceURI: String?,
        qualifiedName qName: String?
    ) {
        guard let element = open.popLast() else { return }
        if open.isEmpty {
            if root == nil { root = element }
        } else {
            open[open.count - 1].children.append(element)
        }
    }

    private static func local(_ name: String) -> String {
        name.lastIndex(of: ":").map { String(name[name.index(after: $0)...]) } ?? name
    }
}
