import ArgumentParser
import ControlProtocol

/// What the shell offers for a name: asked of the daemon, and nothing where it does not answer at once.
enum NameCompletion {
    static let sequences = CompletionKind.custom { words, _, _ in sequenceNames(socket(in: words)) }
    static let syncs = CompletionKind.custom { words, _, _ in syncNames(socket(in: words)) }
    static let runs = CompletionKind.custom { words, _, _ in runIDs(socket(in: words)) }
    static let definitions = CompletionKind.custom { words, _, _ in
        let path = socket(in: words)
        return sequenceNames(path) + syncNames(path).map { "sync/\($0)" }
    }
    static let everything = CompletionKind.custom { words, _, _ in
        let path = socket(in: words)
        return sequenceNames(path) + syncNames(path).map { "sync/\($0)" } + windowNames(path) + runIDs(path)
    }
    static let windows = CompletionKind.custom { words, _, _ in windowNames(socket(in: words)) }
    static let holds = CompletionKind.custom { words, _, _ in windowNames(socket(in: words), kind: "hold") }
    static let destinations = CompletionKind.custom { words, _, _ in
        ask(ControlPath.destinations, socket(in: words), DestinationListAnswer.self)?.destinations.map(\.name) ?? []
    }

    // MARK: - Implementation

    private static func sequenceNames(_ socket: String) -> [String] {
        ask(ControlPath.sequences, socket, SequenceListAnswer.self)?.sequences.map(\.name) ?? []
    }

    private static func syncNames(_ socket: String) -> [String] {
        ask(ControlPath.syncs, socket, SyncListAnswer.self)?.syncs.map(\.name) ?? []
    }

    private static func windowNames(_ socket: String, kind: String? = nil) -> [String] {
        let windows = ask(ControlPath.windows, socket, QuietWindowListAnswer.self)?.windows ?? []
        return windows.filter { kind == nil || $0.kind == kind }.map(\.name)
    }

    private static func runIDs(_ socket: String) -> [String] {
        ask(ControlPath.runs, socket, RunListAnswer.self)?.runs.map(\.id) ?? []
    }

    private static func ask<Answer: Decodable>(_ path: String, _ socket: String, _ type: Answer.Type) -> Answer? {
        guard let body = BriefRequest.body(of: path, socket: socket) else { return nil }
        // A completion that cannot be had is none: the person who types needs no error.
        return try? ControlCoding.decode(type, from: body)
    }

    /// The socket that the command line names so far.
    private static func socket(in words: [String]) -> String {
        var path = GlobalOptions.defaultSocket
        for (index, word) in words.enumerated() {
            if word == "--socket", index + 1 < words.count { path = words[index + 1] }
            if word.hasPrefix("--socket=") { path = String(word.dropFirst(9)) }
        }
        return path
    }
}
