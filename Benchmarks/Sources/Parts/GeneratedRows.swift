import Foundation

/// The same rows for everybody: a row's values depend on its number alone.
struct GeneratedRows {
    static let columns = ["id", "code", "name", "email", "city", "amount", "day", "phone"]

    let count: Int

    /// Writes `old.csv` and `new.csv`.
    func write(to folder: String) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try write("\(folder)/old.csv") { row, text in append(row, isChanged: false, to: &text) }
        // A step that shares no factor with the count visits every row once, in another order.
        var step = 7_368_787
        while Self.greatestCommonDivisor(step, count) != 1 { step += 2 }
        try write("\(folder)/new.csv") { index, text in
            let row = (index * step) % count
            let share = Int(UInt64(row) &* 0x9E37_79B9_7F4A_7C15 >> 40) % 100
            switch share {
            case 0: append(row + count, isChanged: false, to: &text)
            case 1...5: append(row, isChanged: true, to: &text)
            default: append(row, isChanged: false, to: &text)
            }
        }
    }

    private func append(_ row: Int, isChanged: Bool, to text: inout String) {
        text +=
            "\(row),C-\(String(row, radix: 36)),\(isChanged ? "Firm" : "Company") number \(row),mail\(row)@example.com,"
        text += "City \(row % 5_000),\(row % 99_991).\(row % 90 + 10),20\(10 + row % 15)-0\(1 + row % 9)-1\(row % 9),"
        text += "+49 30 \(1_000_000 + row % 8_999_999)\n"
    }

    private func write(_ path: String, _ row: (Int, inout String) -> Void) throws {
        guard FileManager.default.createFile(atPath: path, contents: nil), let file = FileHandle(forWritingAtPath: path)
        else { throw PartsError.cannotWrite(path) }
        var text = Self.columns.joined(separator: ",") + "\n"
        for index in 0..<count {
            row(index, &text)
            if text.utf8.count > 1 << 20 {
                try file.write(contentsOf: Data(text.utf8))
                text = ""
            }
        }
        try file.write(contentsOf: Data(text.utf8))
        try file.close()
    }

    private static func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int {
        b == 0 ? a : greatestCommonDivisor(b, a % b)
    }
}
