extension Org {
    /// What `TYPEOF` shows of a parent, by the parent's object.
    func entry(_ branches: TypeBranches, _ scope: QueryScope) throws(SOQLFault) -> SelectPlan.Entry {
        let name = branches.relation.parts.last ?? ""
        guard let step = scope.type.relationship(name), let relation = scope.type.fields[step].relationshipName,
            !scope.hidden.contains("\(scope.type.name).\(scope.type.fields[step].name)")
        else {
            throw SOQLFault(
                "INVALID_FIELD",
                "Didn't understand relationship '\(name)' in field path. If you are attempting to use a custom relationship, be "
                    + "sure to append the '__r' after the custom relationship name. Please reference your WSDL or the describe call "
                    + "for the appropriate names.",
                at: branches.relation.offset
            )
        }
        let targets = scope.type.fields[step].referenceTo
        var plans: [String: SelectPlan] = [:]
        for branch in branches.branches {
            guard let type = schema[branch.object], targets.contains(type.name), !scope.hidden.contains(type.name)
            else {
                throw SOQLFault(
                    "INVALID_TYPE",
                    "sObject type '\(branch.object)' is not supported in a TYPEOF expression on '\(relation)'.",
                    at: branch.offset
                )
            }
            plans[type.name] = try plan(of: branch.fields, of: type, scope)
        }
        var otherwise: SelectPlan?
        if let fields = branches.otherwise, let first = targets.lazy.compactMap({ self.schema[$0] }).first {
            otherwise = try plan(of: fields, of: first, scope)
        }
        return .parentByType(relation: relation, step: step, branches: plans, otherwise: otherwise)
    }

    private func plan(of fields: [FieldPath], of type: ObjectType, _ scope: QueryScope) throws(SOQLFault) -> SelectPlan
    {
        var inner = scope
        inner.type = type
        inner.alias = nil
        let plan = SelectPlan()
        for path in fields {
            guard try add(path, nil, to: plan, inner) else {
                throw SOQLFault("MALFORMED_QUERY", "duplicate field selected: \(path.text)", at: path.offset)
            }
        }
        return plan
    }
}
