/// Says which names there are, to somebody who asked for one that is not.
package enum KnownNames {
    /// `the only one is crm`; `there are crm, nightly`; `none is defined`.
    package static func words(_ names: some Sequence<String>) -> String {
        let names = Array(names)
        switch names.count {
        case 0: return "none is defined"
        case 1: return "the only one is \(names[0])"
        case ...most: return "there are \(names.joined(separator: ", "))"
        default: return "there are \(names.prefix(most).joined(separator: ", ")) and \(names.count - most) more"
        }
    }

    // MARK: - Implementation

    /// More would hide the answer.
    private static let most = 20
}
