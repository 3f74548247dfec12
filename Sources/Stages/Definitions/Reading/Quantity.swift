internal import SyncModel

/// Numbers, shares, spans and sizes as people write them.
enum Quantity {
    /// Decimal digits without a leading zero: YAML 1.1 would read `010` as 8.
    static func whole(_ text: String) -> Int? {
        let digits = text.hasPrefix("-") ? text.dropFirst() : Substring(text)
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            digits == "0" || digits.first != "0"
        else { return nil }
        return Int(text)
    }

    /// `20%`, `0.5%`.
    static func share(_ text: String) -> Share? {
        guard text.hasSuffix("%"), let percent = decimal(text.dropLast()), percent <= 100 else { return nil }
        return Share(fraction: percent / 100)
    }

    /// `2GiB`, `512MiB`; `K`, `M`, `G` and `T` alone mean the same, as in systemd.
    static func size(_ text: String) -> Int64? {
        let digits = text.prefix { $0.isASCII && $0.isNumber || $0 == "." }
        let unit = text.dropFirst(digits.count).drop { $0 == " " }
        let shifts: [Substring: Int64] = [
            "B": 0, "K": 10, "KiB": 10, "M": 20, "MiB": 20, "G": 30, "GiB": 30, "T": 40, "TiB": 40,
        ]
        guard let number = decimal(digits), let shift = shifts[unit], number * Double(Int64(1) << shift) < 0x1p62 else {
            return nil
        }
        return Int64(number * Double(Int64(1) << shift))
    }

    /// Digits with at most one point among them.
    private static func decimal(_ text: Substring) -> Double? {
        guard let first = text.utf8.first, (0x30...0x39).contains(first), text.utf8.count <= 15,
            text.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == 0x2E })
        else { return nil }
        return Double(text)
    }
}
