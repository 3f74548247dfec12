import Testing

@testable import Salesforce

@Suite struct `The pace of uploads` {
    private func upload(_ length: Int) -> IngestUpload { IngestUpload(bytes: [UInt8](repeating: 65, count: length)) }

    @Test func `packs nothing before a link is known to be slow, or while it is quick`() {
        let pace = UploadPace()
        #expect(!pace.packs(1_000_000))
        pace.took(upload(1_000_000), .milliseconds(700))
        #expect(!pace.packs(1_000_000))
    }

    @Test func `packs what goes over a slow link, but nothing short, and looks again`() {
        let pace = UploadPace()
        pace.took(upload(1_000_000), .seconds(1))
        #expect(!pace.packs(10_000))
        let packed = (0..<UploadPace.lookedAgain).filter { _ in pace.packs(1_000_000) }.count
        #expect(packed == UploadPace.lookedAgain - 1)
        pace.took(upload(1_000_000), .milliseconds(10))
        #expect(!pace.packs(1_000_000))
    }

    @Test func `learns nothing from what is too short to tell`() {
        let pace = UploadPace()
        pace.took(upload(1_000), .seconds(1))
        #expect(!pace.packs(1_000_000))
    }
}
