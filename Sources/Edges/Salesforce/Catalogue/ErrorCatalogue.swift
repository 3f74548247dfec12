package enum ErrorCatalogue {
    package static func entry(for code: String, message: String) -> CatalogueEntry {
        CatalogueEntry(code: code, classes: [.data], explanation: message, remedy: "")
    }
}
