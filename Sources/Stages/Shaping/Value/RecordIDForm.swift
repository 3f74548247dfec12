internal import SyncModel

/// Ids of records, always as 18 characters.
struct RecordIDForm: Sendable, Equatable {
    /// What the Id may begin with; empty: anything.
    var prefixes: [[UInt8]]

    func append(_ input: UnsafeRawBufferPointer, to output: inout [UInt8]) -> ValueFault? {
        guard input.count == 15 || input.count == 18 else { return .malformedID }
        var capitals = 0
        for index in 0..<15 {
            let byte = input[index]
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"): break
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): capitals |= 1 << index
            default: return .malformedID
            }
        }
        let start = output.count
        output.append(contentsOf: UnsafeRawBufferPointer(rebasing: input[..<15]))
        // Five characters a letter, the first of them the lowest bit (reference 08, part C).
        for block in 0..<3 {
            let bits = UInt8(capitals >> (block * 5) & 31)
            output.append(bits < 26 ? UInt8(ascii: "A") + bits : UInt8(ascii: "0") + bits - 26)
        }
        let isRight =
            (input.count == 15 || output[(start + 15)...].elementsEqual(input[15...]))
        let hasPrefix = prefixes.isEmpty || prefixes.contains { output[start..<start + 3].elementsEqual($0) }
        if isRight, hasPrefix { return nil }
        output.removeLast(output.count - start)
        return isRight ? .wrongIDType : .malformedID
    }
}

/// Record types by developer name, written as their Ids.
struct RecordTypeForm: Sendable, Equatable {
    private let ids: [UInt64: [UInt8]]
    private let names: [String]

    /// - Parameter recordTypes: Ids by developer name.
    init(_ recordTypes: [String: String]) {
        var ids: [UInt64: [UInt8]] = [:]
        var scratch: [UInt8] = []
        for (name, id) in recordTypes {
            ids[Array(name.utf8).withUnsafeBytes { MatchFolding.hash($0, caseSensitive: false, scratch: &scratch) }] =
                Array(id.utf8)
        }
        self.ids = ids
        names = recordTypes.keys.sorted()
    }

    func append(_ input: UnsafeRawBufferPointer, scratch: inout [UInt8], to output: inout [UInt8]) -> ValueFault? {
        guard let id = ids[MatchFolding.hash(input, caseSensitive: false, scratch: &scratch)] else {
            return .unknownRecordType(
                nearest: nearestNames(to: String(decoding: input, as: UTF8.self), among: names, limit: 1).first
            )
        }
        output.append(contentsOf: id)
        return nil
    }
}
