import NIOHTTP1

/// A field of leads whose value goes along when a lead is converted.
package struct LeadConversionField: Sendable, Hashable {
    package var leadField: String
    /// `Account`, `Contact` or `Opportunity`.
    package var object: String
    package var field: String
}

extension SalesforceClient {
    /// The custom fields that lead conversion carries over, as an administrator has mapped them.
    ///
    /// They stand in the Metadata API's `LeadConvertSettings`, of which an org has one, of that name.
    package func leadConversion() async throws -> [LeadConversionField] {
        let name = XMLText.element("fullNames", "LeadConvertSettings")
        let body = "<readMetadata>\(XMLText.element("type", "LeadConvertSettings"))\(name)</readMetadata>"
        let request = SalesforceRequest(
            family: .soap,
            method: .POST,
            target: "/services/Soap/m/\(configuration.apiVersion)",
            action: "read how leads are converted",
            body: .envelope(SoapEnvelope.metadata(body, clientName: configuration.clientName))
        )
        return try await send(request) { answer in
            let (response, _) = try answer.soap("readMetadataResponse")
            guard let result = response["result"] else { throw answer.malformed("no result of a read of metadata") }
            return result.all("records").flatMap { $0.all("objectMapping") }.flatMap { mapping in
                guard mapping.text(of: "inputObject") == "Lead", let object = mapping.text(of: "outputObject") else {
                    return [LeadConversionField]()
                }
                return mapping.all("mappingFields").compactMap { fields in
                    guard let from = fields.text(of: "inputField"), let to = fields.text(of: "outputField") else {
                        return nil
                    }
                    return LeadConversionField(leadField: from, object: object, field: to)
                }
            }
        }
    }
}
