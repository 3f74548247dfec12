internal import CivilTime
package import ControlProtocol
package import ControlServer
internal import Sequencing
internal import SyncModel

extension DaemonAnswers {
    package func explain(sync: String, key: String, caller: Caller) async throws -> ExplainAnswer {
        try await answering {
            let life = try await conductor.explain(sync, key: key)
            let hidden = BodyRedaction(await conductor.definitions.settings.requests.redact)
            return ExplainAnswer(row: RowReport(life, hidden))
        }
    }
}

extension RowReport {
    fileprivate init(_ life: RowLife, _ hidden: BodyRedaction) {
        self.init(
            sync: life.sync,
            key: life.key,
            object: life.object,
            class: life.changeClass?.word ?? "unknown",
            next: life.next
        )
        model = life.model.map { values in values.mapValues { OrNull(wrappedValue: $0) } }
        delivered = Self.values(life.delivered?.mapValues { $0.isEmpty || $0 == "#N/A" ? nil : $0 }, hidden)
        salesforce = Self.values(life.salesforce, hidden)
        salesforceId = life.salesforceID
        payload = Self.values(life.payload, hidden)
        for (field, new) in life.payload ?? [:] {
            guard let held = life.salesforce, let old = held[field], old != new else { continue }
            differences[field] =
                hidden.hides(field)
                ? .init(old: BodyRedaction.mark, new: BodyRedaction.mark) : .init(old: old, new: new)
        }
        lookups = life.lookups.map {
            Lookup(
                field: $0.field,
                object: $0.object,
                matchField: $0.matchField,
                value: $0.value,
                foundID: $0.foundID,
                message: $0.message
            )
        }
        deliveries = life.deliveries.map { Delivery($0, hidden) }
        problem = life.problem.map { RejectedRowReport($0, run: nil, redacting: hidden) }
        state = life.problem?.state.rawValue
        resting = life.isResting
        notes = life.notes
    }

    static func values(_ values: [String: String?]?, _ hidden: BodyRedaction) -> [String: OrNull<String>]? {
        guard let values else { return nil }
        return Dictionary(
            uniqueKeysWithValues: values.map { field, value in
                (field, OrNull(wrappedValue: value != nil && hidden.hides(field) ? BodyRedaction.mark : value))
            }
        )
    }
}

extension RowReport.Delivery {
    fileprivate init(_ delivery: RowLife.Delivery, _ hidden: BodyRedaction) {
        self.init(
            run: delivery.run.rawValue,
            time: delivery.time.rfc3339,
            operation: delivery.operation.rawValue,
            state: delivery.undelivered?.state.rawValue ?? "accepted"
        )
        job = delivery.job
        batch = delivery.batch
        position = delivery.position
        code = delivery.undelivered?.code
        message = delivery.undelivered.map { hidden.message($0.message, about: $0.values) }
    }
}
