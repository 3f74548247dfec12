/// Faults in XML: the original Bulk API's `<error>` and SOAP's `<Fault>` (reference 08, A1).
enum XMLFault {
    static func read(_ body: [UInt8]) -> AnswerFault? {
        guard let root = XMLElement.parsed(body) else { return nil }
        if root.name == "error", let code = root.text(of: "exceptionCode") {
            return fault(code, root.text(of: "exceptionMessage"))
        }
        guard root.name == "Envelope", let fault = root["Body"]?["Fault"], let code = fault.text(of: "faultcode") else {
            return nil
        }
        let plain = code.split(separator: ":").last.map(String.init) ?? code
        var message = fault.text(of: "faultstring") ?? ""
        if message.hasPrefix("\(plain): ") { message.removeFirst(plain.count + 2) }
        return self.fault(plain, message)
    }

    private static func fault(_ code: String, _ message: String?) -> AnswerFault {
        AnswerFault(code: SafeExcerpt.safe(code, length: 200), message: SafeExcerpt.safe(message ?? ""))
    }
}

/// Text for an XML body that we write.
enum XMLText {
    /// The text with what XML reserves escaped; characters that XML 1.0 cannot hold become the replacement character.
    static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "\r": escaped += "&#13;"
            case "\t", "\n": escaped.unicodeScalars.append(scalar)
            case _ where scalar.value < 0x20 || scalar.value == 0xFFFE || scalar.value == 0xFFFF: escaped += "\u{FFFD}"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    /// An element that holds nothing but a text.
    static func element(_ name: String, _ text: String) -> String {
        "<\(name)>\(escaped(text))</\(name)>"
    }
}
