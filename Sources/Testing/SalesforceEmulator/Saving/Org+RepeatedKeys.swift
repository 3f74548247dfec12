extension Org {
    /// The rows of a block that name the same record twice (reference 03 §5): both of an upsert fail, the second of an
    /// update.
    func repeatedKeys(in block: RowBlock, of type: ObjectType, by operation: SaveOperation) -> [Int: SaveError] {
        switch operation {
        case .insert: return [:]
        case .upsert(let key) where key != 0: return repeatedValues(in: block, of: type, key)
        case .update, .upsert: return repeatedIds(in: block)
        }
    }

    private func repeatedIds(in block: RowBlock) -> [Int: SaveError] {
        var seen: Set<RecordID> = []
        var doubled: [Int: SaveError] = [:]
        for row in 0..<block.count where block.failures[row] == nil {
            guard case .id(let id) = block.identities[row], !seen.insert(id).inserted else { continue }
            doubled[row] = SaveError("DUPLICATE_VALUE", "Duplicate id in list: \(id.long)", ["Id"])
        }
        return doubled
    }

    private func repeatedValues(in block: RowBlock, of type: ObjectType, _ key: Int) -> [Int: SaveError] {
        guard let column = block.columns.firstIndex(of: key) else { return [:] }
        let field = type.fields[key]
        var first: [UInt64: Int] = [:]
        first.reserveCapacity(block.count)
        var doubled: [Int: SaveError] = [:]
        for row in 0..<block.count {
            guard let value = block.value(row, column), !value.isNull else { continue }
            let hash = lookupHash(value, caseSensitive: field.caseSensitive)
            guard let other = first.updateValue(row, forKey: hash) else { continue }
            first[hash] = other
            guard let same = block.value(other, column), sameKey(same, value, caseSensitive: field.caseSensitive) else {
                continue
            }
            for (row, value) in [(other, same), (row, value)] {
                let message = "Duplicate external id specified: \(plainText(value, of: field))"
                doubled[row] = SaveError("DUPLICATE_VALUE", message, [field.name])
            }
        }
        return doubled
    }
}
