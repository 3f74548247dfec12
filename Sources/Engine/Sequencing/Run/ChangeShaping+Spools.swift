internal import Pushing
internal import Shaping
internal import Spool
internal import SyncModel

// The spools that shaped rows go into.
extension ChangeShaping {
    /// What one spool has in common: who shaped it, in which form, and its columns.
    struct Layout: Hashable, Comparable {
        var lane: Int
        var isAside = false
        var columns: UInt64

        static func < (left: Layout, right: Layout) -> Bool {
            (left.lane, left.isAside ? 1 : 0, left.columns) < (right.lane, right.isAside ? 1 : 0, right.columns)
        }
    }

    /// Where the payloads of one layout go.
    enum Room {
        case spool(PayloadSpoolWriter)
        /// Of rows that lock a parent: written as a spool when all are there, in the order in which they go.
        case gathered(GatheredPayloads)
    }

    struct Writer {
        var room: Room
        var hasParents = false
        var relations: [Waves.Row] = []
    }

    /// Most rows go where the one before went.
    struct LastWriter {
        var layout: Layout
        var room: Room
        var hasParents: Bool
    }

    /// Ends the spools; each is whole and durable afterwards.
    func finish() throws -> [ReadySpool] {
        var ready: [ReadySpool] = []
        while let next = try nextReady() { ready.append(next) }
        return ready
    }

    /// Ends one spool after the other, when all is shaped; nil when none is left.
    func nextReady() throws -> ReadySpool? {
        while true {
            if let parts {
                let (layout, path) = (parts.layout, path(parts.layout))
                if let (spool, cuts) = try parts.rows.next(path: path) {
                    return try end(spool, cuts, layout, lanes[layout.lane], hasParents: true)
                }
                self.parts = nil
            }
            guard let (layout, writer) = writers.min(by: { $0.key < $1.key }) else { return nil }
            writers[layout] = nil
            let lane = lanes[layout.lane]
            switch writer.room {
            case .spool(let spool): return try end(spool, layout, lane, writer)
            case .gathered(let gathered):
                let header = shaper(of: layout, lane).csvHeader(layout: layout.columns)
                let order = SpoolOrder(lane.api, batchRows: sync.batch.size, headerBytes: header.count)
                let rows = OrderedParts(gathered, order, fieldCount: fieldCount, isDivided: isDivided)
                parts = (layout, rows)
            }
        }
    }

    /// Adds the payload in hand to its spool, and says whether that is as long as a job may be.
    func append(
        _ record: PayloadRecord,
        _ keyText: String,
        _ matchValue: [UInt8],
        to layout: Layout,
        _ lane: ShapingLane
    ) throws -> Bool {
        let room = try room(layout, lane, hasParent: record.parent != 0)
        var keyText = keyText
        return try payload.withUnsafeBytes { payload in
            try keyText.withUTF8 { keyText in
                try matchValue.withUnsafeBytes { matchValue in
                    let keyText = UnsafeRawBufferPointer(keyText)
                    switch room {
                    case .spool(let spool):
                        _ = try spool.append(record, payload: payload, keyText: keyText, matchText: matchValue)
                        return isDivided && Self.job.isFull(spool)
                    case .gathered(let gathered):
                        try gathered.append(record, payload: payload, keyText: keyText, matchText: matchValue)
                        return false
                    }
                }
            }
        }
    }

    /// Ends a spool that takes no row any more; the next row begins another.
    func endFull(_ layout: Layout, _ lane: ShapingLane) throws -> ReadySpool {
        guard let writer = writers.removeValue(forKey: layout), case .spool(let spool) = writer.room else {
            throw EngineError(code: .state, subject: sync.name, detail: "there is no spool \(name(layout))")
        }
        last = nil
        return try end(spool, layout, lane, writer)
    }

    // MARK: - Implementation

    private func room(_ layout: Layout, _ lane: ShapingLane, hasParent: Bool) throws -> Room {
        if let last, last.layout == layout, last.hasParents || !hasParent { return last.room }
        let room: Room
        if let known = writers[layout] {
            room = known.room
            if hasParent { writers[layout]?.hasParents = true }
        } else {
            room = try makeRoom(layout, lane)
            writers[layout] = Writer(room: room, hasParents: hasParent)
        }
        last = LastWriter(layout: layout, room: room, hasParents: writers[layout]?.hasParents ?? false)
        return room
    }

    private func makeRoom(_ layout: Layout, _ lane: ShapingLane) throws -> Room {
        let path = path(layout)
        // Waves put rows in an order of their own, and know them by their places.
        guard !hasOwnLinks, !layout.isAside, lane.api != .rest, !lane.shaper.links.isEmpty else {
            return .spool(try PayloadSpoolWriter(path: path, fieldCount: fieldCount))
        }
        let gathered = try GatheredPayloads(
            path: path + ".scratch",
            fieldCount: fieldCount,
            rows: reader.count,
            bytes: reader.byteCount,
            bucketBytes: SpoolOrder(lane.api, batchRows: sync.batch.size, headerBytes: 0).bucketBytes
        )
        return .gathered(gathered)
    }

    private func end(
        _ spool: PayloadSpoolWriter,
        _ layout: Layout,
        _ lane: ShapingLane,
        _ writer: Writer
    ) throws -> ReadySpool {
        _ = try spool.finish()
        let spool = try PayloadSpool(path: path(layout))
        return try end(spool, nil, layout, lane, hasParents: writer.hasParents, writer.relations)
    }

    private func end(
        _ spool: PayloadSpool,
        _ cuts: [Range<Int>]?,
        _ layout: Layout,
        _ lane: ShapingLane,
        hasParents: Bool,
        _ relations: [Waves.Row] = []
    ) throws -> ReadySpool {
        let shaper = shaper(of: layout, lane)
        let ready = ReadySpool(
            name: name(layout),
            spool: spool,
            object: shaper.object,
            operation: shaper.form.operation,
            header: shaper.csvHeader(layout: layout.columns),
            columns: shaper.columns(layout: layout.columns),
            resultKey: shaper.resultKey,
            api: layout.isAside ? .rest : lane.api,
            isJSON: layout.isAside || lane.api == .rest,
            hasParents: hasParents,
            cuts: cuts,
            relations: relations
        )
        try ready.keepManifest(in: folder)
        ended[layout, default: 0] += 1
        return ready
    }

    private func shaper(of layout: Layout, _ lane: ShapingLane) -> Shaper {
        layout.isAside ? lane.aside ?? lane.shaper : lane.shaper
    }

    private func path(_ layout: Layout) -> String { folder + "/" + name(layout) }

    private func name(_ layout: Layout) -> String {
        let before = ended[layout].map { "-\($0 + 1)" } ?? ""
        return prefix + (laneCount > 1 ? "-\(layout.lane)" : "") + (layout.isAside ? "-aside" : "")
            + ".\(layout.columns)" + before
    }
}
