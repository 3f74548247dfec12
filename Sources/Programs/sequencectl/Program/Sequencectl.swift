import ArgumentParser
import ControlProtocol
import SyncModel

/// The root: all verbs.
///
/// Without one it is `status`.
struct Sequencectl: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sequencectl",
        abstract: "Watch and steer sequenced.",
        discussion: "Options of all verbs may stand before or after the verb; given twice, the later one holds.",
        version: "sequencectl \(SoftwareVersion.text)",
        groupedSubcommands: [
            CommandGroup(
                name: "Look",
                subcommands: [
                    StatusCommand.self, ListCommand.self, ShowCommand.self, WatchCommand.self, WhyCommand.self,
                    EventsCommand.self,
                    PlanCommand.self, RejectedCommand.self, ExplainCommand.self, RequestsCommand.self, LogsCommand.self,
                    MetricsCommand.self,
                ]
            ),
            CommandGroup(
                name: "Runs",
                subcommands: [
                    StartCommandLine.self, StopCommandLine.self, RetryCommandLine.self, ApproveCommandLine.self,
                    PauseCommandLine.self,
                    ResumeCommandLine.self, AdoptCommandLine.self, ResolveCommandLine.self,
                ]
            ),
            CommandGroup(
                name: "Definitions and windows",
                subcommands: [
                    CheckCommand.self, CatCommand.self, DiffCommand.self, ReloadCommandLine.self, WindowCommand.self,
                    CalendarCommand.self,
                ]
            ),
            CommandGroup(
                name: "Orgs",
                subcommands: [
                    InspectCommand.self, LimitsCommand.self, DoctorCommand.self, LoginCommandLine.self,
                    LogoutCommandLine.self,
                ]
            ),
            CommandGroup(
                name: "The daemon",
                subcommands: [StateCommand.self, VersionCommand.self, CompletionCommand.self]
            ),
        ]
    )
}
