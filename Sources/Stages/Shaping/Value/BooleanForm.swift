/// Booleans: `true` and `false` in both forms.
enum BooleanForm {
    static func append(_ input: UnsafeRawBufferPointer, to output: inout [UInt8]) -> ValueFault? {
        let value: Bool
        if isText(input, "true") || isText(input, "t") || isText(input, "1") || isText(input, "yes") {
            value = true
        } else if isText(input, "false") || isText(input, "f") || isText(input, "0") || isText(input, "no") {
            value = false
        } else {
            return .notABoolean
        }
        output.append(contentsOf: value ? "true".utf8 : "false".utf8)
        return nil
    }
}
