/// A custom field of a lead that goes along when the lead is converted.
struct LeadMapping {
    var from: String
    /// `Account`, `Contact` or `Opportunity`.
    var object: String
    var to: String
}

extension Org {
    /// The records of `LeadConvertSettings`, of which an org has one.
    func leadConvertSettings(named names: [String]) -> String {
        names.map { name in
            guard name == "LeadConvertSettings" else { return "<records xsi:nil=\"true\"/>" }
            let groups = Dictionary(grouping: schema.leadConversion, by: \.object).sorted { $0.key < $1.key }
            let objects = groups.map { object, mappings in
                let fields = mappings.map {
                    "<mappingFields><inputField>\($0.from)</inputField><outputField>\($0.to)</outputField></mappingFields>"
                }.joined()
                return
                    "<objectMapping><inputObject>Lead</inputObject>\(fields)<outputObject>\(object)</outputObject></objectMapping>"
            }.joined()
            return
                "<records xsi:type=\"LeadConvertSettings\"><fullName>\(name)</fullName><allowOwnerChange>true</allowOwnerChange>"
                + "\(objects)<opportunityCreationOptions>VisibleOptional</opportunityCreationOptions></records>"
        }.joined()
    }
}
