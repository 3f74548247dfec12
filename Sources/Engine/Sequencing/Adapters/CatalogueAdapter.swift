internal import Salesforce
internal import SyncModel

extension RowFault {
    /// What the failure calls for: the most hopeful of the classes that the catalogue has for its code.
    var retryClass: RetryClass {
        let classes = ErrorCatalogue.entry(for: code, message: message).classes
        // A double value may be a double in the data: sending it again would not mend that.
        let isDataToo = classes.contains(.data) || classes.contains(.configuration)
        if classes.contains(.transient) { return .transient }
        if classes.contains(.shape) && !isDataToo { return .shape }
        if classes.contains(.window) { return .window }
        if classes.contains(.authentication) { return .auth }
        if classes.contains(.configuration) { return .configuration }
        return classes.contains(.defect) ? .bug : .data
    }

    /// The most sendings that the code is worth (errors.md, UNKNOWN_EXCEPTION).
    var codeLimit: Int? { code == "UNKNOWN_EXCEPTION" ? 2 : nil }
}
