extension Org {
    /// Runs a query batch when its turn comes, or cuts it into batches by ids (reference 03 §8).
    func run(_ batch: ClassicBatch, of job: ClassicJob) {
        let statement = String(decoding: batch.data, as: UTF8.self).trimmingBlanks()
        do throws(SOQLFault) {
            if let size = job.chunkSize, batch.idRange == nil, try isChunkable(statement) {
                return try cut(batch, of: job, into: size)
            }
            let found = try bulkSelection(
                statement,
                all: job.operation == "queryAll",
                hidden: job.context.hidden,
                among: batch.idRange
            )
            lastResult += 1
            batch.queryResult = QueryFile(
                id: RecordID(prefix: KeyPrefix("752"), number: lastResult),
                body: try file(of: found, job),
                records: found.numbers.count
            )
        } catch {
            batch.state = .failed
            batch.stateMessage = "InvalidBatch : Failed to process query: \(error.code): \(error.text(in: statement))"
        }
    }

    // MARK: - Implementation

    /// Only plain queries are cut: none with an order or a limit.
    private func isChunkable(_ statement: String) throws(SOQLFault) -> Bool {
        let query = try SOQLParser.parse(statement)
        return query.order.isEmpty && query.limit == nil && query.offset == nil
    }

    /// The batch itself is not processed; others, one for each span of ids, take its place.
    private func cut(_ batch: ClassicBatch, of job: ClassicJob, into size: Int) throws(SOQLFault) {
        guard let type = schema[job.object] else { return }
        batch.state = .notProcessed
        batch.isReplaced = true
        let end = table(of: type).nextNumber
        var start = job.firstChunkedNumber
        repeat {
            guard limits.take("DailyBulkApiBatches", now: clock.now) else {
                batch.state = .failed
                batch.stateMessage = "ExceededQuota : ApiBatchItems Limit exceeded."
                return
            }
            lastBatch += 1
            let part = ClassicBatch(
                id: RecordID(prefix: KeyPrefix("751"), number: lastBatch),
                data: batch.data,
                contentType: batch.contentType,
                createdAt: clock.now
            )
            part.idRange = start..<max(start, min(start + size, end))
            job.batches.append(part)
            waiting.append(
                BatchRun(
                    source: .classic(job, part),
                    type: type,
                    columns: [],
                    rows: 0..<0,
                    locker: part.id.number,
                    isSerial: job.isSerial
                )
            )
            start += size
        } while start < end
    }

    private func file(of found: BulkSelection, _ job: ClassicJob) throws(SOQLFault) -> [UInt8] {
        switch job.format {
        case .csv:
            var out: [UInt8] = []
            for line in [found.names] + textRows(found) {
                for (index, cell) in line.enumerated() {
                    if index > 0 { out.append(UInt8(ascii: ",")) }
                    appendQuoted(cell, to: &out)
                }
                out.append(0x0A)
            }
            return out
        case .json:
            let rows = try jsonRows(found, base: "/services/data/v\(job.version)")
            return JSONValue.array(rows.map(withTimes)).encoded()
        case .xml:
            let rows = try jsonRows(found, base: "").map { recordXML($0, as: "records") }.joined()
            return Array(
                ("<?xml version=\"1.0\" encoding=\"UTF-8\"?><queryResult xmlns=\"\(dataloadNamespace)\" "
                    + "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">\(rows)</queryResult>").utf8
            )
        }
    }

    /// In JSON files moments and days are milliseconds since 1970.
    private func withTimes(_ record: JSONValue) -> JSONValue {
        let type = record["attributes"]?["type"]?.string.flatMap { schema[$0] }
        guard let type, case .object(let members) = record else { return record }
        return .object(
            members.map { member in
                if member.value["attributes"] != nil {
                    return JSONMember(name: member.name, value: withTimes(member.value))
                }
                let kind = type.field(member.name)?.type
                guard kind == .datetime || kind == .date, let text = member.value.string,
                    let moment = readInstant(kind == .date ? "\(text)T00:00:00Z" : text)
                else { return member }
                return JSONMember(name: member.name, value: .number(String(moment.milliseconds)))
            }
        )
    }

    private func recordXML(_ record: JSONValue, as name: String) -> String {
        let typeName = record["attributes"]?["type"]?.string ?? ""
        let type = schema[typeName]
        var out = "<\(name) xsi:type=\"sObject\"><type>\(typeName)</type>"
        if record["Id"] == nil { out += "<Id xsi:nil=\"true\"/>" }
        for member in record.members ?? [] where member.name != "attributes" {
            switch member.value {
            case .null: out += "<\(member.name) xsi:nil=\"true\"/>"
            case .bool(let bool): out += "<\(member.name)>\(bool)</\(member.name)>"
            case .number(let text): out += "<\(member.name)>\(text)</\(member.name)>"
            case .string(let text):
                let isMoment = type?.field(member.name)?.type == .datetime
                let shown = isMoment ? text.replacing("+0000", with: "Z") : text
                out += "<\(member.name)>\(escapedXML(shown))</\(member.name)>"
            case .object: out += recordXML(member.value, as: member.name)
            case .array: continue
            }
        }
        return out + "</\(name)>"
    }
}
