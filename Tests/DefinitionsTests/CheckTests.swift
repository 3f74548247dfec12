import Definitions
import Testing

@Suite struct `What the caller knows` {
    @Test func `of zones is asked for every zone that is written`() {
        var folder = FolderBuilder()
        folder.files["sequenced.yaml"] = "timezone: Europe/Lundon\n"
        folder.files["sequences/crm.yaml"] = "schedule: { calendar: 02:30 Asia/Nowhere }\nsteps: [{ sync: accounts }]\n"
        let reading = readDefinitions(
            folder.files.map { DefinitionFile(path: $0.key, text: $0.value) },
            zoneCheck: { $0.hasSuffix("n") || $0 == "Asia/Nowhere" ? "there is no such zone" : nil }
        )
        #expect(
            reading.faults.map(\.description) == [
                "sequenced.yaml:1:11: `timezone` expects a time zone such as Europe/London, found `Europe/Lundon`: there is no such zone",
                "sequences/crm.yaml:1:23: `schedule.calendar` expects a calendar event such as Mon..Fri 02:30, found "
                    + "`02:30 Asia/Nowhere`: there is no such zone",
            ]
        )
    }

    @Test func `of calendars is asked beyond the grammar`() {
        let reading = readDefinitions(
            FolderBuilder().files.map { DefinitionFile(path: $0.key, text: $0.value) },
            calendarCheck: { $0 == "02:00 UTC" ? "not at night" : nil }
        )
        #expect(reading.faults.map(\.message).allSatisfy { $0.hasSuffix("found `02:00 UTC`: not at night") })
        #expect(reading.faults.count == 1)
    }

    @Test func `of defaults is in the page of keys, and every key once`() {
        for kind in FileKind.allCases {
            let names = keys(of: kind)
            #expect(!names.isEmpty && keyReference(of: kind).contains("| `description` |"))
        }
        #expect(keys(of: .sync).contains("batch.parallel"))
        #expect(Set(keys(of: .sync)).count == keys(of: .sync).count)
    }
}
