import ControlProtocol
import FoundationEssentials

/// `--keys K,K…` and `--keys @FILE`.
enum KeyList {
    /// The keys that one value of the option names.
    ///
    /// A key of several columns is a JSON array, and is not cut at its commas.
    ///
    /// - Throws: `ControlFault` when a file cannot be read.
    static func keys(_ text: String) throws -> [String] {
        guard text.hasPrefix("@") else {
            return text.hasPrefix("[") ? [text] : text.split(separator: ",").map(String.init)
        }
        let path = String(text.dropFirst())
        guard let data = FileManager.default.contents(atPath: path), let content = String(data: data, encoding: .utf8)
        else {
            throw ControlFault(.usage, "cannot read the keys: \(path) is not there, not readable, or not UTF-8")
        }
        return content.split(whereSeparator: \.isNewline).map(String.init).filter { !$0.isEmpty }
    }
}
