/// An address on the web, as far as a definition must know it.
enum Address {
    static func read(_ text: String, _ rule: URLRule) -> ScalarReading {
        guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            return .refused("blanks or foreign letters in it", suggestion: nil)
        }
        let isPlain = text.lowercased().hasPrefix("http://")
        guard isPlain || text.lowercased().hasPrefix("https://") else {
            let bare = !text.contains("://") && text.contains(".") && !text.contains("@")
            return .refused(nil, suggestion: bare ? "https://\(text)" : nil)
        }
        let rest = text.dropFirst(isPlain ? 7 : 8)
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        guard !authority.contains("@") else { return .refused("a user or password may not be in it", suggestion: nil) }
        guard let host = host(of: authority) else { return .refused("no host in it", suggestion: nil) }
        if isPlain, case .secureOrLoopback = rule, !isLoopback(host) {
            return .refused(
                "http is for this machine itself (127.0.0.1, ::1, localhost) only",
                suggestion: "https://\(rest)"
            )
        }
        return .value(.text(text))
    }

    // MARK: - Implementation

    private static func host(of authority: Substring) -> Substring? {
        let host: Substring
        let port: Substring
        if authority.hasPrefix("[") {
            guard let close = authority.firstIndex(of: "]") else { return nil }
            host = authority[authority.index(after: authority.startIndex)..<close]
            port = authority[authority.index(after: close)...]
        } else {
            host = authority.prefix { $0 != ":" }
            port = authority.dropFirst(host.count)
        }
        guard !host.isEmpty else { return nil }
        if port.isEmpty { return host }
        guard port.first == ":", let number = Quantity.whole(String(port.dropFirst())), (1...65_535).contains(number)
        else { return nil }
        return host
    }

    private static func isLoopback(_ host: Substring) -> Bool {
        if host.lowercased() == "localhost" || host == "::1" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}
