import ArgumentParser
import ControlClient
import ControlProtocol
import TerminalOutput

/// `inspect [OBJECT] [--destination D]`.
struct InspectCommand: ReadingVerb {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Objects that may be written to; of one object, its fields and automation. Read fresh from the org."
    )

    @OptionGroup var globals: GlobalOptions

    @Argument(help: "An object; the list of them without one.")
    var object: String?

    @Option(help: ArgumentHelp("The destination, where there are several.", valueName: "name"))
    var destination: String?

    func perform(_ output: Output, _ daemon: ControlClient) async throws -> Int32 {
        let received: Received<InspectAnswer> = try await daemon.get(
            ControlPath.inspect,
            ["destination": destination, "object": object]
        )
        output.show(received) { $0.object == nil ? objects($0, output) : details($0, output) }
        for notice in received.document.notices { output.notice(notice) }
        return 0
    }

    // MARK: - Implementation

    private func objects(_ answer: InspectAnswer, _ output: Output) -> [String] {
        var table = Table([
            .init("NAME"), .init("KIND"), .init("CREATE"), .init("UPDATE"), .init("DELETE"),
            .init("LABEL", isFlexible: !output.isWide),
        ])
        for entry in answer.objects {
            table.add([
                Table.Cell(entry.name, .strong), Table.Cell(entry.kind), mark(entry.createable), mark(entry.updateable),
                mark(entry.deletable),
                Table.Cell(entry.label),
            ])
        }
        return output.table(table, counting: "object")
    }

    private func details(_ answer: InspectAnswer, _ output: Output) -> [String] {
        var fields = Table([
            .init("FIELD"), .init("TYPE"), .init("CREATE"), .init("UPDATE"), .init("REQUIRED"), .init("MATCH"),
            .init("REFERS TO"),
            .init("LABEL", isFlexible: !output.isWide),
        ])
        for field in answer.fields {
            let match =
                field.recommended
                ? Table.Cell("recommended", .good)
                : field.externalId
                    ? "external id" : field.unique ? "unique" : field.type == "id" ? "not for upsert" : ""
            fields.add([
                Table.Cell(field.name, .strong), Table.Cell(field.type), mark(field.createable), mark(field.updateable),
                Table.Cell(field.required ? "required" : ""), match,
                Table.Cell(field.referenceTo.joined(separator: ", ")), Table.Cell(field.label),
            ])
        }
        var automation = Table([
            .init("AUTOMATION", isFlexible: !output.isWide), .init("KIND"), .init("STATE"), .init("EVENTS"),
            .init("CHANGED"), .init("BY"), .init("NEXT"),
        ])
        for entry in answer.automation {
            automation.add([
                Table.Cell(entry.name, .strong), Table.Cell(entry.kind),
                Table.Cell(entry.active ? "active" : "inactive", entry.active ? .warning : .faint),
                Table.Cell(entry.events.joined(separator: ", ")), Table.Cell(output.times.clock(entry.lastChanged)),
                Table.Cell(entry.changedBy ?? "-"),
                Table.Cell(output.times.clock(entry.next)),
            ])
        }
        let rest =
            answer.automation.isEmpty
            ? ["No automation of it was found: no active trigger, flow, workflow, rule or scheduled job."]
            : automation.lines(on: output.terminal, headings: output.hasLegend)
        return output.table(fields, counting: "field") + [""] + rest
    }

    private func mark(_ holds: Bool) -> Table.Cell {
        holds ? Table.Cell("yes") : Table.Cell("no", .faint)
    }
}
