/// How the match values of a field are compared: which texts are one value to Salesforce.
package enum MatchRule: UInt8, Sendable, Codable, CaseIterable {
    /// Case folded, outer blanks cut off.
    case folded = 1
    /// As written, outer blanks cut off.
    case exact = 2
    /// By what the number is worth: `1.0` is `1`.
    case number = 3
    /// Ids of 15 and of 18 characters are the same.
    case recordID = 4

    /// The rule of a field.
    package init(_ field: FieldDescription) {
        switch field.type {
        case .int, .long, .double, .currency, .percent: self = .number
        case .id, .reference: self = .recordID
        case .string, .textarea, .phone, .url, .email, .encryptedstring, .picklist, .combobox, .multipicklist, .boolean,
            .date, .datetime, .time, .base64, .address, .location, .anyType, .complexvalue:
            self = field.isCaseSensitive ? .exact : .folded
        }
    }

    /// Appends the form that equal values have in common; the bytes have no blanks at their ends.
    package func append(_ value: UnsafeRawBufferPointer, to output: inout [UInt8]) {
        switch self {
        case .folded: MatchFolding.folded(value, caseSensitive: false, into: &output)
        case .exact: output.append(contentsOf: value)
        case .recordID:
            // The last three of 18 say again which of the 15 are capitals.
            output.append(contentsOf: value.count == 18 ? UnsafeRawBufferPointer(rebasing: value[..<15]) : value)
        case .number:
            if !Self.appendNumber(value, to: &output) { output.append(contentsOf: value) }
        }
    }

    // MARK: - Implementation

    /// Digits without zeros that say nothing; false, and nothing appended, for what is no plain number.
    private static func appendNumber(_ value: UnsafeRawBufferPointer, to output: inout [UInt8]) -> Bool {
        var rest = value[...]
        let isNegative = rest.first == UInt8(ascii: "-")
        if isNegative || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
        let point = rest.firstIndex(of: UInt8(ascii: ".")) ?? rest.endIndex
        let whole = rest[..<point]
        var fraction = rest[point...].dropFirst()
        func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }
        guard !(whole.isEmpty && fraction.isEmpty), whole.allSatisfy(isDigit), fraction.allSatisfy(isDigit) else {
            return false
        }
        let digits = whole.drop { $0 == UInt8(ascii: "0") }
        while fraction.last == UInt8(ascii: "0") { fraction = fraction.dropLast() }
        if isNegative && !(digits.isEmpty && fraction.isEmpty) { output.append(UInt8(ascii: "-")) }
        if digits.isEmpty { output.append(UInt8(ascii: "0")) } else { output.append(contentsOf: digits) }
        if !fraction.isEmpty {
            output.append(UInt8(ascii: "."))
            output.append(contentsOf: fraction)
        }
        return true
    }
}
