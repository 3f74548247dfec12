internal import Pushing
internal import Salesforce
internal import Shaping
internal import SyncModel

/// By which API some changes go, and in which forms they are shaped for it.
struct RouteChoice {
    let api: PushAPI
    let shaper: Shaper
    /// For rows that CSV cannot say, and that REST may carry; nil: there are none.
    let aside: Shaper?

    /// A way that is decided already.
    init(_ api: PushAPI, _ shaper: Shaper) {
        self.api = api
        self.shaper = shaper
        aside = nil
    }

    /// Decides by what is written and what is known; `change` is done to the mapping before.
    ///
    /// - Throws: `EngineError` when what is written cannot be; `ShapingError` for a mapping that does not fit.
    init(
        _ delivery: ChangeDelivery,
        _ object: String,
        _ operation: RecordOperation,
        rows: Int,
        _ change: (inout SyncDefinition) -> Void = { _ in }
    ) async throws {
        let sync = delivery.sync
        let pressure = try await delivery.gauge().pressure
        let description = try delivery.objects.object(object)
        let needsJSON = Self.needsJSON(sync, operation, description)
        let first = try await delivery.shaper(for: object, needsJSON ? .json(operation) : .csv(operation), change)
        let reserve = try delivery.context.destination(of: sync).limits.reserve.fraction
        let circumstances = APICircumstances(
            rows: rows,
            operation: operation,
            hasUniqueField: first.hasUniqueField,
            needsJSON: needsJSON,
            isUnderLockPressure: pressure.isUnderLockPressure,
            callsLeft: delivery.client.limitInfo.map { limit in
                max(limit.allowed - limit.used - Int((Double(limit.allowed) * reserve).rounded(.up)), 0)
            }
        )
        let decision = APIDecision.decide(
            choice: sync.api,
            batch: sync.batch,
            headers: sync.headers,
            circumstances: circumstances
        )
        switch decision {
        case .refused(let reason):
            throw EngineError(
                code: .mapping,
                subject: "sync \(sync.name) to `api: \(sync.api.rawValue)`",
                detail: reason
            )
        case .api(.rest):
            api = .rest
            shaper = needsJSON ? first : try await delivery.shaper(for: object, .json(operation), change)
            aside = nil
        case .api(let bulk):
            api = bulk
            shaper = first
            // What REST may not create, since a lost answer could not be cleared up, is refused by shaping.
            let isBlind = operation == .publish || operation == .insert && !first.hasUniqueField
            aside = isBlind ? nil : try await delivery.shaper(for: object, .json(operation), change)
        }
    }

    /// Whether a mapped field can be said in JSON only.
    static func needsJSON(_ sync: SyncDefinition, _ operation: RecordOperation, _ object: ObjectDescription) -> Bool {
        operation != .delete && operation != .clear
            && sync.fields.contains { object.field($0.field)?.type == .base64 }
    }
}
