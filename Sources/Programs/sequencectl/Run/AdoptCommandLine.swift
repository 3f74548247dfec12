import ArgumentParser
import ControlClient
import ControlProtocol

/// `adopt SYNC [--check] [--as-of-backup]`.
struct AdoptCommandLine: ActingVerb {
    static let configuration = CommandConfiguration(
        commandName: "adopt",
        abstract: "Take a model's present rows as delivered; nothing is sent."
    )

    @OptionGroup var globals: GlobalOptions

    @Argument(help: "The sync.", completion: NameCompletion.syncs)
    var sync: String

    @Flag(help: "Ask Salesforce for each record first.")
    var check = false

    @Flag(help: "Take the rows of the backup, not the present ones.")
    var asOfBackup = false

    func perform(_ output: Output, _ daemon: ControlClient) async throws -> Int32 {
        let command = AdoptCommand(sync: sync, check: check, asOfBackup: asOfBackup)
        output.show(try await daemon.post(ControlPath.adopt, command), ActionText.lines)
        return 0
    }
}
