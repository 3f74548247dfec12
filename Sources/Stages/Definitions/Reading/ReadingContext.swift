/// What a file is read against.
struct ReadingContext {
    /// Every name that a file of the folder gives, by kind, whether the file is sound or not.
    var names: [FileKind: Set<String>]
    /// nil: fine; else what is wrong with a calendar event beyond its grammar.
    var calendarCheck: (String) -> String?
    /// nil: the host knows the time zone; else why not.
    var zoneCheck: (String) -> String?
    /// The SQL files beside the models, by file name.
    var queries: [String: DefinitionFile.Contents]
}
