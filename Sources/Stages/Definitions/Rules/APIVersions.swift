/// Which versions of Salesforce's API a destination may name.
enum APIVersions {
    /// The first in which collections can be upserted (reference 02-rest).
    static let oldest = 46
    /// The newest that this version was tried with: one that is newer works as far as Salesforce has kept its promises.
    static let newest = 67

    /// Tells of a version that is newer than any that was tried.
    static func note(_ root: CheckedMapping, findings: inout Findings) {
        guard let text = root.text("api_version"), let number = Double(text), Int(number) > newest else { return }
        findings.notice(
            root.valuePlace("api_version"),
            "api_version",
            "version \(text) is newer than what this sequenced was tried with (\(oldest).0 to \(newest).0): an org that does not serve it"
                + " refuses every call (`check --live` asks it)"
        )
    }
}
