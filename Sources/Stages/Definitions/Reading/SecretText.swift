internal import SyncModel

/// `!credential NAME`, `!env NAME`, `!file PATH`.
enum SecretText {
    enum Answer {
        case secret(SecretReference)
        /// Never with the text: somebody may have put the secret itself behind a tag.
        case refused(String, suggestion: String?)
    }

    static func read(tag: String, _ text: String) -> Answer {
        switch tag {
        case "!credential":
            let isName =
                !text.isEmpty && text.utf8.count <= 255 && text != "." && text != ".."
                && text.utf8.allSatisfy {
                    (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: ":")
                }
            return isName
                ? .secret(.credential(text))
                : .refused("!credential expects the name of a systemd credential", suggestion: nil)
        case "!env":
            let isName =
                text.utf8.first.map { !(0x30...0x39).contains($0) } == true
                && text.utf8.allSatisfy {
                    (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
                        || $0 == UInt8(ascii: "_")
                }
            return isName
                ? .secret(.environment(text))
                : .refused("!env expects the name of an environment variable", suggestion: nil)
        case "!file":
            return text.hasPrefix("/")
                ? .secret(.file(text))
                : .refused("!file expects a path that begins with `/`", suggestion: nil)
        default:
            return .refused(
                "unknown tag \(Findings.quoted(tag))",
                suggestion: nearestName(to: tag, among: ["!credential", "!env", "!file"])
            )
        }
    }
}
