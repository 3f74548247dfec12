package import SyncModel

extension ColumnType {
    /// Why a field takes no value of such a column; nil where it may take some.
    package func misfit(into field: FieldDescription, zone: LocalZone?) -> String? {
        switch field.type {
        case .boolean, .int, .long, .double, .currency, .percent, .date, .datetime, .time, .base64: break
        // Any value has a text; which texts a list or a reference takes, the rows tell.
        case .id, .reference, .string, .textarea, .phone, .url, .email, .encryptedstring, .picklist, .combobox,
            .multipicklist, .address, .location, .anyType, .complexvalue:
            return nil
        }
        guard let form = ValueForm(field, isChecked: true, zone: zone) else { return nil }
        var words: String?
        var (scratch, output): ([UInt8], [UInt8]) = ([], [])
        for example in examples {
            let fault = Array(example.utf8).withUnsafeBytes { form.append($0, scratch: &scratch, to: &output) }
            guard let fault else { return nil }
            let remedy = fault == .noZone ? "" : "; cast it in the model's query"
            words = "\(name) does not fit \(fault.message(label: field.name, value: example))\(remedy)"
        }
        return words
    }
}
