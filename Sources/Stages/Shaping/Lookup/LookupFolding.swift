internal import SyncModel

/// How values of one field are compared: case folded or not, numbers by what they are worth (`1.0` is `1`).
struct LookupFolding: Sendable {
    private let isCaseSensitive: Bool
    private let isNumber: Bool

    init(_ question: LookupQuestion) {
        isCaseSensitive = question.isCaseSensitive
        switch question.type {
        case .int, .long, .double, .currency, .percent: isNumber = true
        case .id, .reference, .string, .textarea, .phone, .url, .email, .encryptedstring, .picklist, .combobox,
            .multipicklist, .boolean, .date, .datetime, .time, .base64, .address, .location, .anyType, .complexvalue:
            isNumber = false
        }
    }

    func folded(_ value: [UInt8]) -> [UInt8] {
        var folded: [UInt8] = []
        value.withUnsafeBytes { bytes in
            if isNumber {
                let form = DecimalForm(scale: nil, bounds: .integerDigits(DecimalForm.widest))
                if form.append(MatchFolding.trimmed(bytes), to: &folded) == nil { return }
            }
            MatchFolding.folded(bytes, caseSensitive: isCaseSensitive, into: &folded)
        }
        return folded
    }
}
