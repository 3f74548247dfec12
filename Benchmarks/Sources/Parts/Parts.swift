/// Runs one station of the belt, once, and prints what it did as one line of JSON.
///
///     parts generate FOLDER ROWS            old.csv and new.csv: 5 % changed, 1 % added, 1 % removed, in another order
///     parts deliver FOLDER                  makes FOLDER/snapshot hold old.csv, as if it had been delivered
///     parts read FOLDER SOURCE NAME         reads a file (SOURCE `csv`) or a table (SOURCE: a connection string) and counts
///     parts diff FOLDER SOURCE NAME         compares it with the snapshot, which stays as it is
///     parts calendars COUNT                 works out the next elapse of so many schedules
@main
enum Parts {
    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst()
        switch (arguments.first, Array(arguments.dropFirst())) {
        case ("generate", let rest) where rest.count == 2:
            guard let rows = Int(rest[1]) else { throw PartsError.usage }
            try GeneratedRows(count: rows).write(to: rest[0])
        case ("deliver", let rest) where rest.count == 1:
            try DiffStation(folder: rest[0]).deliver()
        case ("read", let rest) where rest.count == 3:
            print(try DiffStation(folder: rest[0]).read(rest[1], rest[2]))
        case ("diff", let rest) where rest.count == 3:
            print(try DiffStation(folder: rest[0]).diff(rest[1], rest[2]))
        case ("calendars", let rest) where rest.count == 1:
            guard let count = Int(rest[0]) else { throw PartsError.usage }
            print(try CalendarStation(count: count).nextElapses())
        default:
            throw PartsError.usage
        }
    }
}

enum PartsError: Error {
    /// The arguments are none of those that the page above names.
    case usage
    /// A file could not be written.
    case cannotWrite(String)
}
