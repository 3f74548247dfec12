/// Records to be merged into one: at most two victims at a time (reference 06, A2).
package struct MergeRequest: Sendable, Equatable {
    package var object: String
    package var masterID: String
    /// What is written to the master in the same step, as XML text forms; nil clears.
    package var fields: [(name: String, value: String?)]
    /// One or two ids.
    package var victimIDs: [String]

    package init(object: String, masterID: String, fields: [(name: String, value: String?)] = [], victimIDs: [String]) {
        self.object = object
        self.masterID = masterID
        self.fields = fields
        self.victimIDs = victimIDs
    }

    package static func == (left: MergeRequest, right: MergeRequest) -> Bool {
        left.object == right.object && left.masterID == right.masterID && left.victimIDs == right.victimIDs
            && left.fields.elementsEqual(right.fields) { $0.name == $1.name && $0.value == $1.value }
    }
}

/// What became of one merge; each is a transaction of its own.
package struct MergeResult: Sendable, Equatable {
    package var id: String?
    package var success: Bool
    package var mergedRecordIDs: [String]
    /// Records that now belong to the master.
    package var updatedRelatedIDs: [String]
    package var errors: [SaveResult.Fault]
}

extension MergeRequest {
    /// The request as XML, in the order of the schema: type, fields to null, id, fields.
    ///
    /// - Throws: `SalesforceError` of kind `refusedHere` for a name that cannot be one.
    func xml() throws -> String {
        guard SOQL.isName(object), (1...2).contains(victimIDs.count) else {
            throw Self.refused("\(SafeExcerpt.safe(object, length: 100)) with \(victimIDs.count) victims")
        }
        var record = XMLText.element("ens:type", object)
        for field in fields where field.value == nil { record += XMLText.element("ens:fieldsToNull", field.name) }
        record += XMLText.element("ens:Id", masterID)
        for field in fields {
            guard SOQL.isName(field.name) else {
                throw Self.refused("the field \(SafeExcerpt.safe(field.name, length: 100))")
            }
            if let value = field.value { record += XMLText.element("ens:\(field.name)", value) }
        }
        let victims = victimIDs.map { XMLText.element("urn:recordToMergeIds", $0) }.joined()
        return "<urn:request><urn:masterRecord>\(record)</urn:masterRecord>\(victims)</urn:request>"
    }

    private static func refused(_ what: String) -> SalesforceError {
        SalesforceError(
            kind: .refusedHere,
            code: SalesforceError.Code.invalidRequest,
            message: "a merge cannot have \(what)",
            action: "merge records"
        )
    }
}

extension MergeResult {
    init?(_ element: XMLElement) {
        guard let success = element.text(of: "success") else { return nil }
        let id = element.text(of: "id")
        let faults = element.all("errors").compactMap(SaveResult.Fault.init)
        guard success == "true" || !faults.isEmpty else { return nil }
        self.init(
            id: id?.isEmpty == false ? id : nil,
            success: success == "true",
            mergedRecordIDs: element.all("mergedRecordIds").map(\.text),
            updatedRelatedIDs: element.all("updatedRelatedIds").map(\.text),
            errors: faults
        )
    }
}
