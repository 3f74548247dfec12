import ControlProtocol
import TerminalOutput

/// One definition as a person reads it.
struct DefinitionText {
    let output: Output

    func lines(_ definition: DefinitionReport) -> [String] {
        var lines = [Emphasis.strong.applied(to: "\(definition.kind)/\(definition.name)".harmless, on: output.terminal)]
        if let description = definition.description { lines.append("  \(description.harmless)") }
        lines.append("  file \(definition.file.harmless)")
        if !definition.usedBy.isEmpty {
            lines.append("  used by \(definition.usedBy.joined(separator: ", ").harmless)")
        }
        if !definition.uses.isEmpty { lines.append("  uses \(definition.uses.joined(separator: ", ").harmless)") }
        for warning in definition.warnings { lines.append("  warning: \(warning.harmless)") }
        var table = Table([.init("KEY"), .init("VALUE", isFlexible: !output.isWide), .init("")])
        for setting in definition.settings {
            table.add([
                Table.Cell(setting.key), Table.Cell(setting.value),
                Table.Cell(setting.written ? "" : "default", .faint),
            ])
        }
        lines += [""] + table.lines(on: output.terminal, headings: output.hasLegend)
        if let status = definition.status { lines += [""] + StatusText(output: output).table(of: status) }
        return lines
    }
}
