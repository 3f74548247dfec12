extension Org {
    /// `describeMetadata`: the types that can be read here, in the order of the Metadata schema.
    func describedMetadata() -> String {
        let types = [
            ("CustomObject", "objects", "object", ["CustomField"]),
            ("GlobalValueSet", "globalValueSets", "globalValueSet", []),
            ("StandardValueSet", "standardValueSets", "standardValueSet", []),
        ]
        let objects = types.map { name, folder, suffix, children in
            "<metadataObjects>" + children.map { "<childXmlNames>\($0)</childXmlNames>" }.joined()
                + "<directoryName>\(folder)</directoryName><inFolder>false</inFolder><metaFile>false</metaFile>"
                + "<suffix>\(suffix)</suffix><xmlName>\(name)</xmlName></metadataObjects>"
        }.joined()
        return
            "<result>\(objects)<organizationNamespace></organizationNamespace><partialSaveAllowed>true</partialSaveAllowed>"
            + "<testRequired>false</testRequired></result>"
    }

    /// `listMetadata`: what there is of up to three types.
    func listedMetadata(_ operation: XMLNode) throws(SOAPFault) -> String {
        let queries = operation.all("queries")
        guard queries.count <= 3 else {
            throw SOAPFault("LIMIT_EXCEEDED", "A call of listMetadata can name three types at most")
        }
        var results = ""
        for query in queries {
            let type = query["type"]?.value ?? ""
            guard let names = names(of: type) else {
                throw SOAPFault("INVALID_TYPE", "Unknown type name '\(type)' specified in listMetadata query")
            }
            results += names.map { fileProperties($0.name, file: $0.file, type) }.joined()
        }
        return results
    }

    // MARK: - Implementation

    private func names(of type: String) -> [(name: String, file: String)]? {
        let objects = schema.types.filter { !$0.isSetup }
        switch type {
        case "CustomObject": return objects.map { ($0.name, "objects/\($0.name).object") }
        case "CustomField":
            return objects.flatMap { object in
                object.fields.filter(\.custom).map {
                    ("\(object.name).\($0.name)", "objects/\(object.name).object")
                }
            }
        case "GlobalValueSet":
            return schema.globalSets.keys.sorted().map { ($0, "globalValueSets/\($0).globalValueSet") }
        // Salesforce lists none of them, though all can be read.
        case "StandardValueSet": return []
        default: return nil
        }
    }

    private func fileProperties(_ name: String, file: String, _ type: String) -> String {
        let (user, moment) = (administrator, metadataChangedAt.text(zone: "Z"))
        let person = escapedXML(title(of: user))
        return "<result><createdById>\(user.long)</createdById><createdByName>\(person)</createdByName>"
            + "<createdDate>\(moment)</createdDate><fileName>\(escapedXML(file))</fileName>"
            + "<fullName>\(escapedXML(name))</fullName><id></id><lastModifiedById>\(user.long)</lastModifiedById>"
            + "<lastModifiedByName>\(person)</lastModifiedByName><lastModifiedDate>\(moment)</lastModifiedDate>"
            + "<type>\(type)</type></result>"
    }
}
