import Systemd
import Testing

@Suite struct `Signs of life` {
    private let start = ContinuousClock.now

    @Test func `count all as alive at first, and as silent after their patience`() {
        let beats = Heartbeats(of: ["store", "socket"], patience: .seconds(10), now: start)
        #expect(beats.silent(at: start + .seconds(10)).isEmpty)
        #expect(beats.silent(at: start + .seconds(11)) == ["socket", "store"])
    }

    @Test func `name the one that is silent while the others beat`() {
        var beats = Heartbeats(of: ["scheduler", "store", "socket"], patience: .seconds(10), now: start)
        for seconds in stride(from: 5, through: 30, by: 5) {
            beats.beat("scheduler", at: start + .seconds(seconds))
            beats.beat("socket", at: start + .seconds(seconds))
        }
        #expect(beats.silent(at: start + .seconds(30)) == ["store"])
        beats.beat("store", at: start + .seconds(31))
        #expect(beats.silent(at: start + .seconds(31)).isEmpty)
    }

    @Test func `take no beat of a part that nobody waits for`() {
        var beats = Heartbeats(of: ["store"], patience: .seconds(10), now: start)
        beats.beat("moon", at: start)
        #expect(beats.silent(at: start + .seconds(11)) == ["store"])
    }
}
