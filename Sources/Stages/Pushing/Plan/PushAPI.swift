package import SyncModel

/// By which API payloads travel.
package enum PushAPI: String, Sendable, Codable, CaseIterable {
    /// The original Bulk API.
    case bulk
    case bulk2
    /// sObject collections.
    case rest
}

/// What is known of a step when its API is chosen.
package struct APICircumstances: Sendable, Equatable {
    package var rows: Int
    package var operation: RecordOperation
    /// A mapped field is unique in Salesforce and never empty, so that a create sent twice is noticed.
    package var hasUniqueField: Bool
    /// A mapped field can be said in JSON only.
    package var needsJSON: Bool
    /// Locks have been felt on the object lately.
    package var isUnderLockPressure: Bool
    /// API calls that may be spent now; nil: not bounded.
    package var callsLeft: Int?

    package init(
        rows: Int,
        operation: RecordOperation,
        hasUniqueField: Bool = true,
        needsJSON: Bool = false,
        isUnderLockPressure: Bool = false,
        callsLeft: Int? = nil
    ) {
        self.rows = rows
        self.operation = operation
        self.hasUniqueField = hasUniqueField
        self.needsJSON = needsJSON
        self.isUnderLockPressure = isUnderLockPressure
        self.callsLeft = callsLeft
    }
}

/// Which API it is to be.
package enum APIDecision: Sendable, Equatable {
    case api(PushAPI)
    /// What is written cannot be, and why.
    case refused(String)

    /// The most rows that `auto` sends by REST.
    package static let restRows = 2_000

    /// Decides by what is written and what is known.
    package static func decide(
        choice: APIChoice,
        batch: SyncDefinition.Batch,
        headers: SyncDefinition.Headers,
        circumstances: APICircumstances
    ) -> APIDecision {
        let isBlindCreate = circumstances.operation == .insert && !circumstances.hasUniqueField
        let needsREST = headers.allowDuplicates || circumstances.needsJSON
        switch choice {
        case .rest:
            if isBlindCreate { return .refused(blindCreate) }
            if batch.serial {
                return .refused("`serial: true` is kept by the original Bulk API only: choose `api: bulk`")
            }
            return .api(.rest)
        case .bulk:
            if let reason = restOnly(headers, circumstances) { return .refused(reason) }
            return .api(.bulk)
        case .bulk2:
            if let reason = restOnly(headers, circumstances) { return .refused(reason) }
            if batch.serial { return .refused("Bulk 2.0 has no serial mode: choose `api: bulk`") }
            return .api(.bulk2)
        case .auto:
            if needsREST {
                if isBlindCreate { return .refused(blindCreate) }
                if batch.serial {
                    return .refused("`serial: true` is kept by the original Bulk API only, and this sync needs REST")
                }
                return .api(.rest)
            }
            if circumstances.operation == .publish { return .api(.bulk2) }
            if isBlindCreate || batch.serial || circumstances.isUnderLockPressure { return .api(.bulk) }
            let calls = quotient(circumstances.rows, min(max(batch.size, 1), 200))
            if circumstances.rows <= restRows, calls <= circumstances.callsLeft ?? .max { return .api(.rest) }
            return .api(.bulk2)
        }
    }

    // MARK: - Implementation

    private static let blindCreate =
        "REST may not create records of which no mapped field is unique and always filled, since a lost answer could not be"
        + " cleared up: map a unique field to the primary key, or to a column with `when_null: reject`, or use the Bulk API"

    private static func restOnly(_ headers: SyncDefinition.Headers, _ circumstances: APICircumstances) -> String? {
        if headers.allowDuplicates {
            return "`allow_duplicates: true` is a header of REST: choose `api: rest`, or `auto`"
        }
        return circumstances.needsJSON
            ? "a mapped field is of type base64, which CSV cannot say: choose `api: rest`" : nil
    }
}

/// How many parts of this size hold so many.
package func quotient(_ count: Int, _ size: Int) -> Int { (count + size - 1) / size }
