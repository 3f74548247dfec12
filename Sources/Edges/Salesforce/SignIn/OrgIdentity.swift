/// Which org a session is of, and as whom.
///
/// The org id decides whose state a snapshot is.
package struct OrgIdentity: Sendable, Equatable {
    /// 18 characters, from `00D`.
    package var orgID: String
    /// 18 characters, from `005`.
    package var userID: String
    /// Where the org's APIs are: scheme, host and port.
    package var instanceURL: String

    package init(orgID: String, userID: String, instanceURL: String) {
        self.orgID = orgID
        self.userID = userID
        self.instanceURL = instanceURL
    }
}

/// Record ids in their two forms (reference 08, C).
package enum RecordID {
    /// The id with 18 characters; nil if the text is no id, or its suffix does not fit.
    package static func long(_ text: String) -> String? {
        let characters = Array(text.utf8)
        guard characters.count == 15 || characters.count == 18, characters.allSatisfy(isBase62) else { return nil }
        let suffix = suffix(of: characters[..<15])
        guard characters.count == 15 || Array(characters[15...]) == suffix else { return nil }
        return String(decoding: characters[..<15] + suffix, as: UTF8.self)
    }

    private static func suffix(of characters: ArraySlice<UInt8>) -> [UInt8] {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ012345".utf8)
        return stride(from: 0, to: 15, by: 5).map { start in
            var index = 0
            for position in 0..<5 where (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(characters[start + position]) {
                index |= 1 << position
            }
            return alphabet[index]
        }
    }

    private static func isBase62(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"):
            true
        default: false
        }
    }
}
