internal import Fingerprinting
internal import SyncModel

/// Values of a restricted picklist, found whatever their case and written as Salesforce spells them; others as they are.
struct PicklistForm: Sendable, Equatable {
    /// By the hash of the folded API name; nil: the picklist takes any text.
    private let allowed: [UInt64: [UInt8]]?
    private let text: TextForm

    /// The form of a field's values; values that are not active are refused only where it is checked.
    init(_ field: FieldDescription, isChecked: Bool) {
        text = TextForm(length: field.length, truncates: false)
        guard field.isRestrictedPicklist, isChecked else {
            allowed = nil
            return
        }
        var values: [UInt64: [UInt8]] = [:]
        var scratch: [UInt8] = []
        for value in field.picklistValues where value.isActive {
            let bytes = Array(value.value.utf8)
            values[bytes.withUnsafeBytes { MatchFolding.hash($0, caseSensitive: false, scratch: &scratch) }] = bytes
        }
        allowed = values
    }

    func append(_ input: UnsafeRawBufferPointer, to output: inout [UInt8]) -> ValueFault? {
        guard let allowed else { return text.append(input, to: &output) }
        let start = output.count
        MatchFolding.folded(input, caseSensitive: false, into: &output)
        let hash = max(output[start...].withUnsafeBytes { Fingerprint.hash64($0) }, 1)
        output.removeLast(output.count - start)
        guard let value = allowed[hash] else { return .notOnPicklist }
        output.append(contentsOf: value)
        return nil
    }

    /// Several values between semicolons: each once and in the order of their bytes, since to Salesforce they are a set.
    func appendSet(_ input: UnsafeRawBufferPointer, to output: inout [UInt8]) -> ValueFault? {
        var values: [[UInt8]] = []
        for part in input.split(separator: UInt8(ascii: ";")) {
            let value = MatchFolding.trimmed(UnsafeRawBufferPointer(rebasing: part))
            guard !value.isEmpty else { continue }
            var written: [UInt8] = []
            if let fault = append(value, to: &written) { return fault }
            values.append(written)
        }
        values.sort { $0.lexicographicallyPrecedes($1) }
        var previous: [UInt8]?
        var count = 0
        let start = output.count
        for value in values where value != previous {
            if output.count > start { output.append(UInt8(ascii: ";")) }
            output.append(contentsOf: value)
            previous = value
            count += 1
        }
        // Reference 08: TOO_MANY_ENUM_VALUE beyond 100 selected.
        if count > 100 { return .tooManyValues(limit: 100) }
        if text.length > 0, output.count - start > text.length {
            let measure = output[start...].withUnsafeBytes { TextForm.measure($0, limit: text.length) }
            if measure?.isCut ?? true { return .tooLong(limit: text.length) }
        }
        return nil
    }
}
