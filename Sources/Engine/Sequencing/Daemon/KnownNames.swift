internal import SyncModel

/// Says which names there are, to somebody who asked for one that is not.
package enum KnownNames {
    /// `the only one is crm`; `there are crm, nightly`; `none is defined`; what is near to `wanted` comes first.
    package static func words(_ names: some Sequence<String>, near wanted: String? = nil) -> String {
        let names = Array(names)
        let near = wanted.flatMap { nearestNames(to: $0, among: names, limit: 1).first }
        let lead = near.map { "did you mean \($0)? " } ?? ""
        switch names.count {
        case 0: return "none is defined"
        case 1: return "the only one is \(names[0])"
        case ...most: return "\(lead)there are \(names.joined(separator: ", "))"
        default: return "\(lead)there are \(names.prefix(most).joined(separator: ", ")) and \(names.count - most) more"
        }
    }

    // MARK: - Implementation

    /// More would hide the answer.
    private static let most = 20
}
