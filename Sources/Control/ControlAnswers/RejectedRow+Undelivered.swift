package import ControlProtocol
internal import Salesforce
package import Sequencing
package import SyncModel

extension RejectedRowReport {
    /// A row that was not delivered, with the catalogue's explanation and remedy; fields that are to be hidden are.
    package init(_ row: UndeliveredRow, run: RunID?, redacting hidden: BodyRedaction) {
        let words = Self.words(row)
        self.init(
            sync: row.sync,
            key: row.key,
            operation: row.operation.rawValue,
            state: row.state.rawValue,
            code: row.code,
            message: hidden.message(row.message, about: row.values),
            fields: row.fields,
            explanation: words.explanation,
            remedy: words.remedy,
            retryable: row.isRetryable,
            resting: row.rests,
            values: Dictionary(
                row.values.map { ($0.key, hidden.hides($0.key) ? BodyRedaction.mark : $0.value) }
            ) { first, _ in first },
            run: run?.rawValue
        )
    }

    // MARK: - Implementation

    private static func words(_ row: UndeliveredRow) -> (explanation: String, remedy: String) {
        switch row.code {
        case "HELD":
            return (
                "the record that its lookup names was never delivered",
                "mend the parent row: this one goes out with it, in the same run"
            )
        case "NULL_KEY":
            return ("the row has no primary key", "let the model's query leave such rows out, or give them a key")
        case "DOUBLED_KEY":
            return ("several rows of the model have this primary key", "make the key unique in the model's query")
        case "NULL_MATCH_VALUE":
            return (
                "the row has no match value, so its record can't be found",
                "give the row a value, or leave it out of the model"
            )
        case "NOT_REPORTED":
            return (
                "it was sent, and no answer says what became of it",
                "look the record up, then settle it with `sequencectl resolve`"
            )
        case "UNPROCESSED":
            return ("the job ended before Salesforce came to this row", "it is sent again in the next run")
        case "ADOPT_MISSING":
            return ("it was left out of `adopt --check`: Salesforce does not have it", "the next run creates it")
        case "ADOPT_DIFFERENT":
            return (
                "it was left out of `adopt --check`: Salesforce holds other values",
                "the next run writes the model's; `sequencectl explain` shows both"
            )
        case "RESOLVED":
            return ("it was in doubt, and somebody has said that it did not arrive", "the next run sends it")
        case "UNSAYABLE_TEXT":
            return (
                "Bulk CSV writes a null as #N/A, so this very text can't be sent that way",
                "send the sync by `api: rest`"
            )
        case "MERGE_GROUP":
            return (
                "the rows with this shared id are no group that can be merged",
                "let the model name exactly one of them as the parent"
            )
        case "MERGED_ELSEWHERE":
            return (
                "a record of this group was merged into another one before, which can't be undone",
                "let the model name the former parent again, or take the merged row out of it"
            )
        case "NOT_FOUND":
            return (
                "no record has this match value",
                "create it, or let the sync create it with `mode: upsert`; it is looked for again in the next run"
            )
        default:
            let entry = ErrorCatalogue.entry(for: row.code, message: row.message)
            return (entry.explanation, entry.remedy)
        }
    }
}
