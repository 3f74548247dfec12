import ControlProtocol
import TerminalOutput

/// The tables of `list`.
struct ListText {
    let output: Output

    func sequences(_ answer: SequenceListAnswer) -> [String] {
        var table = Table([
            .init("SEQUENCE"), .init("STATE"), .init("SCHEDULE"), .init("SYNCS", isFlexible: !output.isWide),
            .init("DESCRIPTION", isFlexible: !output.isWide),
        ])
        for entry in answer.sequences {
            table.add([
                Table.Cell(entry.name, .strong),
                entry.paused ? Table.Cell("paused", .warning) : StateText.cell(entry.state),
                Table.Cell(entry.schedule), Table.Cell(entry.syncs.joined(separator: ", ")),
                Table.Cell(entry.description ?? ""),
            ])
        }
        return output.table(table, counting: "sequence")
    }

    func syncs(_ answer: SyncListAnswer) -> [String] {
        var table = Table([
            .init("SYNC"), .init("MODEL"), .init("DESTINATION"), .init("OBJECT"), .init("MODE"),
            .init("OWED", isNumber: true),
            .init("IN DOUBT", isNumber: true), .init("SEQUENCES", isFlexible: !output.isWide),
        ])
        for entry in answer.syncs {
            table.add([
                Table.Cell(entry.name, .strong), Table.Cell(entry.model), Table.Cell(entry.destination),
                Table.Cell(entry.object),
                Table.Cell(entry.mode), Table.Cell(entry.owed.grouped, entry.owed > 0 ? .warning : .plain),
                Table.Cell(entry.inDoubt.grouped, entry.inDoubt > 0 ? .bad : .plain),
                Table.Cell(entry.sequences.joined(separator: ", ")),
            ])
        }
        return output.table(table, counting: "sync")
    }

    func runs(_ answer: RunListAnswer) -> [String] {
        var table = Table([
            .init("RUN"), .init("SEQUENCE"), .init("STATE"), .init("TRIGGER"), .init("CREATED"), .init("TOOK"),
            .init("REASON", isFlexible: !output.isWide),
        ])
        for run in answer.runs {
            table.add([
                Table.Cell(run.id, .strong), Table.Cell(run.sequence), StateText.cell(run.state),
                Table.Cell(run.trigger),
                Table.Cell(output.times.clock(run.created)),
                Table.Cell(output.times.span(from: run.started, to: run.ended)),
                Table.Cell(run.reason ?? ""),
            ])
        }
        return output.table(table, counting: "run")
    }

    func schedules(_ answer: ScheduleListAnswer) -> [String] {
        var table = Table([
            .init("NEXT"), .init("LEFT"), .init("LAST"), .init("PASSED"), .init("SEQUENCE"),
            .init("SCHEDULE", isFlexible: !output.isWide),
        ])
        for entry in answer.schedules {
            table.add([
                Table.Cell(output.times.clock(entry.next)),
                entry.paused ? Table.Cell("paused", .warning) : Table.Cell(output.times.distance(entry.next)),
                Table.Cell(output.times.clock(entry.last)), Table.Cell(output.times.distance(entry.last)),
                Table.Cell(entry.sequence, .strong),
                Table.Cell(entry.schedule),
            ])
        }
        return output.table(table, counting: "schedule")
    }

    func windows(_ answer: QuietWindowListAnswer) -> [String] {
        var table = Table([
            .init("WINDOW"), .init("KIND"), .init("DESTINATION"), .init("OBJECTS", isFlexible: !output.isWide),
            .init("NOW"), .init("FROM"),
            .init("UNTIL"), .init("REASON", isFlexible: !output.isWide),
        ])
        for window in answer.windows {
            table.add([
                Table.Cell(window.name, .strong), Table.Cell(window.kind), Table.Cell(window.destination),
                Table.Cell(window.objects.isEmpty ? "*" : window.objects.joined(separator: ", ")),
                window.closed ? Table.Cell("closed", .warning) : Table.Cell("-", .faint),
                Table.Cell(output.times.clock(window.from)),
                Table.Cell(output.times.clock(window.until)), Table.Cell(window.reason ?? ""),
            ])
        }
        return output.table(table, counting: "window")
    }

    func destinations(_ answer: DestinationListAnswer) -> [String] {
        var table = Table([
            .init("DESTINATION"), .init("LOGIN URL"), .init("API"), .init("FLOW"), .init("REACHED"), .init("ASKED"),
            .init("REASON", isFlexible: !output.isWide),
        ])
        for entry in answer.destinations {
            let reached = entry.reached.map { $0 ? Table.Cell("yes", .good) : Table.Cell("no", .bad) } ?? "-"
            table.add([
                Table.Cell(entry.name, .strong), Table.Cell(entry.loginUrl), Table.Cell(entry.apiVersion),
                Table.Cell(entry.flow), reached,
                Table.Cell(output.times.distance(entry.lastAsked)), Table.Cell(entry.reason ?? ""),
            ])
        }
        return output.table(table, counting: "destination")
    }
}
