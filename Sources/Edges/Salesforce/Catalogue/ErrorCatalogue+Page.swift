extension ErrorCatalogue {
    /// The documentation's page, `docs/errors.md`, in Markdown.
    package static var page: String {
        var page = """
            # Error codes

            What a code means and what is done about it. This page is made from the program's own catalogue; do not edit it by hand.

            Classes: **T** transient, tried again · **W** a window of a limit, waited for · **A** the session, renewed once · **S** may pass in another shape
            (smaller, in another order, without doubles) · **D** the row, refused until it changes · **C** the org's set-up, refused until a person changes it ·
            **B** a mistake of ours · **F** follows another error. The first one says what is done first. A code that is not listed counts as D, and its
            message is shown as it came.

            """
        for section in sections {
            page +=
                "\n## \(section.title)\n\n| code | class | explanation | remedy | sequenced itself |\n| --- | --- | --- | --- | --- |\n"
            for entry in section.entries { page += row(entry) }
        }
        return page
    }

    private static let sections: [(title: String, entries: [CatalogueEntry])] = [
        ("Locks, and trouble that passes", sharing),
        ("Limits", limits),
        ("Values", data),
        ("Ids, parents, records that are gone", references),
        ("Rights", permissions),
        ("Triggers and flows", automation),
        ("Requests", requests),
        ("Bulk (Bulk 2.0 writes these in capitals)", bulk),
        ("Sessions and signing in", signIn),
        ("Without an answer of Salesforce's", own),
    ]

    private static func row(_ entry: CatalogueEntry) -> String {
        let mark = entry.mark.map { " with “\($0)”" } ?? ""
        let classes = entry.classes.map(\.rawValue).joined(separator: " ")
        let own = entry.ownAction.isEmpty ? "–" : entry.ownAction
        return "| `\(entry.code)`\(mark) | \(classes) | \(entry.explanation) | \(entry.remedy) | \(own) |\n"
    }
}
