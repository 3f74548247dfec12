import CivilTime
import Glibc
import Scheduling
import SyncModel

/// The timekeeper's question, asked of many schedules at once.
struct CalendarStation {
    let count: Int

    /// - Returns: how long all answers took by the clock and on a core, reading the texts not counted, in milliseconds.
    func nextElapses() throws -> String {
        let zones = TimeZoneDatabase()
        let names = ["Europe/London", "America/New_York", "Asia/Tokyo", "Australia/Sydney", "UTC"]
        var schedules: [Schedule] = []
        for index in 0..<count {
            let text =
                switch index % 4 {
                case 0: "Mon..Fri *-*-* \(index % 24):\(index % 60):00"
                case 1: "*-*-* *:\(index % 60):00"
                case 2: "*-*-\(1 + index % 28) 02:\(index % 60):00"
                default: "Sat *-\(1 + index % 12)-01..07 18:00:00"
                }
            let definition = SequenceDefinition(
                name: "s\(index)",
                steps: [],
                schedule: ScheduleDefinition(kind: .calendar(["\(text) \(names[index % names.count])"]))
            )
            schedules.append(
                try Schedule(definition, defaultZone: nil, host: "bench", zones: zones.rules)
            )
        }
        let clock = ContinuousClock()
        let core = Self.coreTime
        var sum = 0
        let from = Timestamp(microseconds: 1_767_225_600_000_000)
        let took = clock.measure {
            for schedule in schedules { sum &+= Int(schedule.next(after: from)?.instant.microseconds ?? 0) }
        }
        let milliseconds = Double(took.components.attoseconds) / 1e15 + Double(took.components.seconds) * 1e3
        let used = Self.coreTime - core
        return "{\"schedules\":\(count),\"milliseconds\":\(milliseconds),\"cpu\":\(used),\"sum\":\(sum)}"
    }

    /// What this thread has used of a core, in milliseconds.
    private static var coreTime: Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) * 1e3 + Double(time.tv_nsec) / 1e6
    }
}
