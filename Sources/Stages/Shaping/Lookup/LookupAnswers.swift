/// What Salesforce answered to the questions of a shaper.
///
/// A value that was asked for and not added was not found.
package struct LookupAnswers: Sendable {
    enum Answer: Sendable, Equatable {
        case record(PackedID, filled: UInt64)
        case several([String])
    }

    private var answers: [[[UInt8]: Answer]]
    /// Values that were asked for and that no record has, by question, as far as somebody wants to know them.
    package private(set) var misses: [Int: [String]] = [:]
    /// What has to be said of the answers.
    package var notes: [String] = []
    private let foldings: [LookupFolding]

    package init(questions: [LookupQuestion]) {
        answers = Array(repeating: [:], count: questions.count)
        foldings = questions.map(LookupFolding.init)
    }

    /// Adds a record that has this value; false when the Id is not one of 18 characters.
    ///
    /// Bit n of `filled` is set when field n of the question's `filledFields` is not empty.
    @discardableResult
    package mutating func add(id: String, filled: UInt64 = 0, for value: [UInt8], to question: Int) -> Bool {
        guard let packed = PackedID(id) else { return false }
        let folded = foldings[question].folded(value)
        switch answers[question][folded] {
        case nil: answers[question][folded] = .record(packed, filled: filled)
        case .record(let known, _) where known == packed: break
        case .record(let known, _): answers[question][folded] = .several([known.text, id])
        case .several(let known):
            if !known.contains(id), known.count < 10 { answers[question][folded] = .several(known + [id]) }
        }
        return true
    }

    /// Whether a record has this value.
    package func isAnswered(_ value: [UInt8], question: Int) -> Bool {
        answers[question][foldings[question].folded(value)] != nil
    }

    /// Keeps those of the values asked for that no record has.
    package mutating func note(missesAmong values: [String], of question: Int) {
        let missed = values.filter { !isAnswered(Array($0.utf8), question: question) }
        if !missed.isEmpty { misses[question] = missed }
    }

    /// Takes over what others have answered to a question.
    package mutating func take(_ question: Int, from others: LookupAnswers, _ other: Int) {
        answers[question] = others.answers[other]
        misses[question] = nil
    }

    /// Takes an answer back.
    package mutating func remove(_ value: [UInt8], question: Int) {
        answers[question].removeValue(forKey: foldings[question].folded(value))
    }

    func answer(_ folded: [UInt8], question: Int) -> Answer? {
        question < answers.count ? answers[question][folded] : nil
    }
}

/// The 18 characters of an Id, without a buffer of their own.
struct PackedID: Hashable, Sendable {
    private var first: UInt64 = 0
    private var second: UInt64 = 0
    private var third: UInt16 = 0

    init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count == 18, bytes.allSatisfy({ $0 < 0x80 }) else { return nil }
        self = bytes.withUnsafeBytes { PackedID($0) }
    }

    /// The bytes must be 18.
    init(_ bytes: UnsafeRawBufferPointer) {
        first = bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self)
        second = bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
        third = bytes.loadUnaligned(fromByteOffset: 16, as: UInt16.self)
    }

    func append(to output: inout [UInt8]) {
        withUnsafeBytes(of: first) { output.append(contentsOf: $0) }
        withUnsafeBytes(of: second) { output.append(contentsOf: $0) }
        withUnsafeBytes(of: third) { output.append(contentsOf: $0) }
    }

    var text: String {
        var bytes: [UInt8] = []
        append(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}
