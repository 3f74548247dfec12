/// A kind of file in a configuration folder.
package enum FileKind: String, Sendable, Hashable, CaseIterable {
    case settings = "sequenced"
    case source
    case destination
    case model
    case sync
    case sequence
    case window = "quiet-window"

    /// The folder that holds its files, one object a file; nil for the settings, which are one file.
    package var folder: String? {
        switch self {
        case .settings: nil
        case .source: "sources"
        case .destination: "destinations"
        case .model: "models"
        case .sync: "syncs"
        case .sequence: "sequences"
        case .window: "quiet-windows"
        }
    }

    /// As a sentence names it.
    package var noun: String {
        switch self {
        case .settings: "the daemon's settings"
        case .source: "a source"
        case .destination: "a destination"
        case .model: "a model"
        case .sync: "a sync"
        case .sequence: "a sequence"
        case .window: "a quiet window"
        }
    }

    /// The keys that a file of this kind may have.
    var type: ValueType {
        switch self {
        case .settings: .mapping(.settings)
        case .source: .variants(.source)
        case .destination: .mapping(.destination)
        case .model: .mapping(.model)
        case .sync: .mapping(.sync)
        case .sequence: .mapping(.sequence)
        case .window: .mapping(.window)
        }
    }
}
