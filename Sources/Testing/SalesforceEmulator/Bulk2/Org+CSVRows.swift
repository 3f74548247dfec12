extension Org {
    /// Saves or deletes the rows of one transaction, given as CSV.
    func outcomes(
        of spans: [Range<Int>],
        in bytes: UnsafeBufferPointer<UInt8>,
        delimiter: UInt8,
        _ run: BatchRun,
        _ operation: String,
        key: String?,
        _ context: SaveContext
    ) -> [Outcome] {
        let type = run.type
        let positions = run.columns.compactMap { column -> Int? in
            guard let column, case .id = column.target else { return column?.position }
            return nil
        }
        var block = RowBlock(columns: positions)
        block.cells.reserveCapacity(positions.count * spans.count)
        var cells: [CSVCell] = []
        for span in spans {
            var reader = CSVReader(bytes: bytes, delimiter: delimiter, range: span)
            var failure: SaveError?
            var identity = RowBlock.Identity.none
            do throws(CSVFault) {
                _ = try reader.next(into: &cells)
            } catch {
                failure = SaveError("INVALID_CSV", error.message)
                cells.removeAll(keepingCapacity: true)
            }
            if failure == nil, cells.count != run.columns.count {
                failure = SaveError(
                    "INVALID_CSV",
                    "The row has \(cells.count) columns, the header \(run.columns.count)"
                )
            }
            for (index, column) in run.columns.enumerated() {
                guard let column else { continue }
                let cell = index < cells.count ? cells[index] : CSVCell(start: 0, end: 0)
                if case .id = column.target {
                    identity = RowBlock.Identity(reader.text(of: cell).trimmingBlanks(), of: type)
                    continue
                }
                do throws(SaveError) {
                    block.cells.append(try value(of: cell, in: reader, for: column))
                } catch {
                    failure = failure ?? error
                    block.cells.append(nil)
                }
            }
            block.identities.append(identity)
            block.failures.append(failure)
        }
        return outcomes(of: block, type, operation, key: key, context)
    }

    /// Saves or deletes the rows of one transaction.
    func outcomes(
        of block: RowBlock,
        _ type: ObjectType,
        _ operation: String,
        key: String?,
        _ context: SaveContext
    ) -> [Outcome] {
        switch operation {
        case "insert": return save(block, into: type, by: .insert, context)
        case "update": return save(block, into: type, by: .update, context)
        case "upsert":
            return save(block, into: type, by: .upsert(key: key.flatMap { type.position(of: $0) } ?? 0), context)
        default: return deletions(block, context, forGood: operation == "hardDelete", type)
        }
    }

    // MARK: - Implementation

    /// Nothing in a cell leaves the field alone; `#N/A` empties it.
    private func value(of cell: CSVCell, in reader: CSVReader, for column: Column) throws(SaveError) -> Value? {
        if cell.end == cell.start { return nil }
        let bytes = UnsafeBufferPointer(rebasing: reader.bytes[cell.start..<cell.end])
        if bytes.count == 4, bytes[0] == 0x23, bytes[1] == 0x4E, bytes[2] == 0x2F, bytes[3] == 0x41 { return .null }
        guard cell.hasDoubledQuotes else {
            let value = try read(bytes, for: column)
            return value.isNull ? nil : value
        }
        var text = reader.text(of: cell)
        let result = text.withUTF8 { bytes -> Result<Value, SaveError> in
            do throws(SaveError) { return .success(try read(bytes, for: column)) } catch { return .failure(error) }
        }
        return try result.get()
    }

    private func deletions(_ block: RowBlock, _ context: SaveContext, forGood: Bool, _ type: ObjectType) -> [Outcome] {
        var seen: Set<RecordID> = []
        return block.identities.map { identity in
            switch identity {
            case .none:
                return .failed([SaveError("MISSING_ARGUMENT", "Id not specified in an delete call", ["Id"])], nil)
            case .malformed(let text): return .failed([.wrongId("\(type.label) ID", text, "Id")], nil)
            case .foreign: return .failed([.unknownReference], nil)
            case .id(let id):
                guard seen.insert(id).inserted else {
                    return .failed([SaveError("DUPLICATE_VALUE", "Duplicate id in list: \(id.long)", ["Id"])], id)
                }
                let outcome = delete(id, context)
                if forGood, case .saved = outcome { purge(id) }
                return outcome
            }
        }
    }
}
