import ControlProtocol
import TerminalOutput

/// Documents that come one by one and are printed as one: `{"events":[…],"schema":1}`.
struct DocumentList {
    private let name: String
    private var items: [UInt8] = []

    /// An empty list under this key.
    init(of name: String) {
        self.name = name
    }

    /// Adds a document by its own bytes: keys that this program does not know stay.
    mutating func add(_ document: some Sequence<UInt8>) {
        if !items.isEmpty { items.append(UInt8(ascii: ",")) }
        items.append(contentsOf: document)
    }

    /// The list as one document.
    var bytes: [UInt8] {
        Array("{\"\(name)\":[".utf8) + items + Array("],\"schema\":\(ControlCoding.schema)}".utf8)
    }
}

extension Output {
    /// Prints the list as a document.
    func write(_ list: DocumentList) {
        Self.write(document: list.bytes, as: format, pretty: terminal.isInteractive)
    }
}
