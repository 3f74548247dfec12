/// The one place that says what each code means: Salesforce's, from every API, and our own.
///
/// The documentation's page is made from it; the classes are those of reference 08, A3.
package enum ErrorCatalogue {
    /// Every entry; of those with the same code the ones with a mark stand before the one without.
    package static let all: [CatalogueEntry] =
        sharing + limits + data + references + permissions + automation + requests + bulk + signIn + own

    /// What a code means, where it matters in the light of its message.
    ///
    /// A code that is not listed is a fault of the data.
    package static func entry(for code: String, message: String) -> CatalogueEntry {
        guard let entries = byCode[code] ?? byBulkCode[code] else { return unlisted(code) }
        return entries.first { entry in entry.mark.map { message.range(ofFolded: $0) } ?? true } ?? unlisted(code)
    }

    private static func unlisted(_ code: String) -> CatalogueEntry {
        CatalogueEntry(
            code,
            [.data],
            "Salesforce refused it with a code that is not in this catalogue",
            "read its message, which is shown as it came; change the row, or what in the org speaks there"
        )
    }

    private static let byCode = Dictionary(grouping: all, by: \.code)
    /// Bulk 2.0 writes the codes of the original Bulk API in capitals (reference 04-bulk-v2, 1.4).
    private static let byBulkCode = Dictionary(grouping: bulk) { $0.code.uppercased() }
}

extension String {
    /// Whether the text holds the other, case folded.
    fileprivate func range(ofFolded other: String) -> Bool {
        lowercased().firstRange(of: other.lowercased()) != nil
    }
}
