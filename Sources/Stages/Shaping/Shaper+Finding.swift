package import SyncModel

extension Shaper {
    /// What is known of the record that a row would be matched to.
    package enum Finding: Sendable, Equatable {
        case record(id: String)
        /// Several records have the value.
        case several
        case nothing
        /// The row's match value is missing or makes no sense, or nothing was asked.
        case unknown
    }

    /// The question that asks for the records which rows are matched to; nil: nobody needs to ask.
    package var matchQuestion: Int? { match?.question }

    /// What the answers say of the record of a row.
    package mutating func finding(of change: Change, in answers: LookupAnswers) -> Finding {
        guard let match, let question = match.question else { return .unknown }
        let (_, fault) = readMatch(match, of: change)
        guard fault == nil else { return .unknown }
        return switch answers.answer(scratch, question: question) {
        case .record(let id, _): .record(id: id.text)
        case .several: .several
        case nil: .nothing
        }
    }
}
